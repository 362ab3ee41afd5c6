"""A package that the first parser cannot read goes to the second; one that takes too long says so."""

from pathlib import Path

import pytest
from tests.android_packages import dex, manifest, package

from fanzha.base.child_process import ChildLimits, ChildRefusal
from fanzha.base.child_service import ChildService
from fanzha.read import UnreadableSource
from fanzha.read._android import contents, report

PLAIN = {"AndroidManifest.xml": manifest("com.example.a", "示例"), "classes.dex": dex("a")}


def test_what_the_first_parser_cannot_read_goes_to_the_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusal:
        def call(self, *arguments: str) -> bytes:
            raise ChildRefusal(f"{contents.BAD_MANIFEST}: APKError")

    monkeypatch.setattr(report, "_SERVICE", Refusal())
    path = tmp_path / "a.apk"
    path.write_bytes(package(PLAIN, "Alice"))
    found = report.report_package(path)
    assert (found.parser, found.package, found.label) == (contents.ANDROGUARD, "com.example.a", "示例")
    assert [signer.scheme for signer in found.signers] == ["v2"]


def test_a_file_that_takes_too_long_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    impatient = ChildService(ChildLimits(wait_seconds=0.0), contents.inspect_package)
    monkeypatch.setattr(report, "_SERVICE", impatient)
    monkeypatch.setattr(report, "DEEP_LIMITS", ChildLimits(wait_seconds=0.0))
    path = tmp_path / "a.apk"
    path.write_bytes(package(PLAIN))
    with pytest.raises(UnreadableSource, match="seconds"):
        report.report_package(path)

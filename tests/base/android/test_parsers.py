"""Each parser reads manifest, label and certificates."""

from pathlib import Path

import pytest
from tests.android_packages import manifest, package

from fanzha.base.android.parsers import Androguard, ApkInfo, PackageParser


@pytest.mark.parametrize("name", ["apk-info", "androguard"])
def test_a_parser_reads_what_the_package_declares(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.apk"
    path.write_bytes(package({"AndroidManifest.xml": manifest("com.example.a", "示例")}, "Alice"))
    parser: PackageParser = ApkInfo(str(path)) if name == "apk-info" else Androguard(str(path), None)
    assert 'package="com.example.a"' in parser.manifest()
    assert (parser.label(), parser.icon()) == ("示例", "")
    assert [signer["scheme"] for signer in parser.signers()] == ["v2"]


def test_a_file_that_is_no_package_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.apk").write_bytes(b"no package")
    with pytest.raises(Exception, match=r".+"):
        ApkInfo(str(tmp_path / "a.apk"))

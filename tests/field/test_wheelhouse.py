"""Fanzha installs and runs without network, from the wheelhouse alone; a package from outside joins and leaves it."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.field

PACKAGE = Path(__file__).resolve().parent.parent / "outside_plugin"


def kinds(offline: Callable[..., str]) -> set[str]:
    return {kind["name"] for kind in json.loads(offline("fanzha", "kinds", "--json"))}


def test_every_file_is_listed_with_its_hash(wheelhouse: Path) -> None:
    lines = (wheelhouse / "SHA256SUMS").read_text().splitlines()
    listed = {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}
    files = {path.name: path.read_bytes() for path in wheelhouse.iterdir() if path.name != "SHA256SUMS"}
    assert listed == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def test_the_installed_program_lists_its_kinds(offline: Callable[..., str]) -> None:
    assert {"phone_number", "website"} <= kinds(offline)


def test_the_installed_program_does_its_main_job(offline: Callable[..., str], tmp_path: Path) -> None:
    offline("fanzha", "demo", "--check", "--out", tmp_path / "out")
    assert (tmp_path / "out" / "findings.parquet").stat().st_size > 0
    assert "<svg" in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_nothing_installed_is_broken(offline: Callable[..., str]) -> None:
    assert "No broken requirements" in offline("pip", "check")


def test_a_package_from_outside_is_there_when_installed_and_gone_when_uninstalled(
    offline: Callable[..., str], tmp_path: Path
) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*build, "-w", tmp_path, PACKAGE], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    offline("pip", "install", "--no-deps", "--no-index", wheel)
    try:
        assert "meeting_number" in kinds(offline)
        assert "screen_sharing" in offline("fanzha", "detectors", "--json")
    finally:
        offline("pip", "uninstall", "--yes", "meeting-fraud")
    assert "meeting_number" not in kinds(offline)

"""Fanzha installs and runs on a machine without any network, from the wheelhouse alone."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.field


def test_every_file_is_listed_with_its_hash(wheelhouse: Path) -> None:
    lines = (wheelhouse / "SHA256SUMS").read_text().splitlines()
    listed = {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}
    files = {path.name: path.read_bytes() for path in wheelhouse.iterdir() if path.name != "SHA256SUMS"}
    assert listed == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def test_the_installed_program_lists_its_kinds(offline: Callable[..., str]) -> None:
    names = {kind["name"] for kind in json.loads(offline("fanzha", "kinds", "--json"))}
    assert {"phone_number", "website"} <= names


def test_the_installed_program_does_its_main_job(offline: Callable[..., str], tmp_path: Path) -> None:
    offline("fanzha", "demo", "--check", "--out", tmp_path / "out")
    assert (tmp_path / "out" / "findings.parquet").stat().st_size > 0
    assert "<svg" in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_nothing_installed_is_broken(offline: Callable[..., str]) -> None:
    assert "No broken requirements" in offline("pip", "check")

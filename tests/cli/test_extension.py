"""`fanzha extension` packs the extension with the address of a list."""

import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from fanzha.base.errors import FanzhaError
from fanzha.cli import fanzha


def test_the_archive_names_the_list(tmp_path: Path) -> None:
    file = tmp_path / "warn.zip"
    result = CliRunner().invoke(fanzha, ["extension", "--site", "https://site.example/link-list/", str(file)])
    assert result.exit_code == 0 and "bytes" in result.output
    with zipfile.ZipFile(file) as archive:
        assert json.loads(archive.read("site.json")) == {"site": "https://site.example/link-list"}


@pytest.mark.parametrize(
    "arguments", [["--site", "site.example", "warn.zip"], ["missing/folder/warn.zip"]], ids=["site", "folder"]
)
def test_a_wrong_call_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(fanzha, ["extension", *arguments])
    assert isinstance(result.exception, FanzhaError) and result.exception.exit_code == 2

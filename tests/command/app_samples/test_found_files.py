"""Only what looks like an Android package is taken for one, whatever its name."""

from pathlib import Path

import pytest
from tests.command.app_samples.samples_made import apk

from fanzha.command.app_samples.found_files import FoundFile

CASES = {
    "package": (apk(), "kefu.bin", True),
    "bundle of packages": (b"PK\x03\x04 made up", "a.XAPK", True),
    "office document": (b"PK\x03\x04 word/document.xml", "offer.docx", False),
    "a program with the name of a package": (b"MZ AndroidManifest.xml", "a.apk", False),
    "empty": (b"", "a.apk", False),
}


@pytest.mark.parametrize(("data", "name", "is_package"), CASES.values(), ids=CASES)
def test_packages_are_known_by_their_bytes(tmp_path: Path, data: bytes, name: str, is_package: bool) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    for file in (FoundFile.from_bytes(data, name), FoundFile.from_path(path, name)):
        assert file.is_package is is_package and b"".join(file.chunks()) == data

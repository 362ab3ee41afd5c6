"""An evidence folder shows what was changed in it, and its WARC file has what the page loaded."""

import gzip
import hashlib
from pathlib import Path

import pytest

from fanzha.collect.pages.look_folder import build_warc, find_changed_files, write_folder
from fanzha.collect.pages.page_visit import PageCapture
from fanzha.store.look_record import LookRecord, PageRequest, PersonaVisit, read_record

BODY = "<p>你好</p>".encode()
DIGEST = hashlib.sha256(BODY).hexdigest()
VISIT = PersonaVisit(
    "phone",
    "http://a.example/#x",
    200,
    dom=DIGEST,
    headers={"content-type": "text/html", "content-encoding": "gzip", "x-note": "one\r\ntwo"},
    requests=(
        PageRequest("http://a.example/", "GET", "Document", 200, "text/html", len(BODY), DIGEST, "192.0.2.7"),
        PageRequest("http://a.example/lost", "GET", "Image", 404),
    ),
)
RECORD = LookRecord("http://a.example/", 1_795_000_000_000, visits=(VISIT,))
CAPTURE = PageCapture(VISIT, b"png", BODY, bodies={DIGEST: BODY})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_folder(tmp_path / "look", RECORD, [CAPTURE])
    return tmp_path / "look"


def test_a_folder_is_as_its_manifest_says(folder: Path) -> None:
    assert find_changed_files(folder) == []
    assert read_record(folder) == RECORD
    assert (folder / "phone.png").read_bytes() == b"png" and (folder / "phone.html").read_bytes() == BODY
    assert (folder / "phone.png").stat().st_mode & 0o077 == 0


def test_changed_missing_and_added_files_are_named(folder: Path) -> None:
    (folder / "phone.png").write_bytes(b"other")
    (folder / "phone.html").unlink()
    (folder / "added").write_bytes(b"")
    assert find_changed_files(folder) == ["added", "phone.html", "phone.png"]


@pytest.mark.parametrize("text", ["", "[]", '{"files": 1}', '{"files": {"a": 1}}'])
def test_a_broken_manifest_is_an_error(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_text(text)
    with pytest.raises(ValueError, match="no manifest"):
        find_changed_files(folder)


def test_the_warc_has_one_member_for_each_kept_body() -> None:
    text = gzip.decompress(build_warc(RECORD, [CAPTURE])).decode()
    assert text.count("WARC/1.1\r\n") == 2 and text.count("WARC-Type: response") == 1
    assert "WARC-Target-URI: http://a.example/\r\n" in text and f"sha256:{DIGEST}" in text
    assert "content-encoding" not in text and "WARC-IP-Address: 192.0.2.7" in text


def test_no_field_breaks_the_lines_of_the_warc() -> None:
    text = gzip.decompress(build_warc(RECORD, [CAPTURE])).decode()
    assert "x-note: one  two\r\n" in text

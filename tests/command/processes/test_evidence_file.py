"""A file is taken as evidence when it is what its name says and no known malware; else people read what to do."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from pytest_django import Settings
from tests.command.processes.clamd import BAD, clamd

from fanzha.command.processes.evidence_file import EvidenceFileField, validate_file

PDF = b"%PDF-1.7\n"


def sent(name: str, content: bytes) -> "UploadedFile[Any]":
    return SimpleUploadedFile(name, content)


def refused(file: "UploadedFile[Any]") -> str:
    with pytest.raises(ValidationError) as caught:
        EvidenceFileField().clean(file)
    return str(caught.value.code) if hasattr(caught.value, "code") else caught.value.error_list[0].code or ""


def test_one_that_is_what_it_says_is_taken_whole() -> None:
    file = EvidenceFileField().clean(sent("letter.pdf", PDF + b"x" * 10_000))
    assert b"".join(file.chunks()) == PDF + b"x" * 10_000


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("setup.exe", b"MZ\x90\0", "file_type"),
        ("letter", PDF, "file_type"),
        ("letter.pdf", b"MZ\x90\0", "file_content"),
        ("letter.pdf.txt", PDF, "file_content"),
    ],
)
def test_others_are_refused(name: str, content: bytes, code: str) -> None:
    assert refused(sent(name, content)) == code


def test_a_field_that_may_stay_empty_does() -> None:
    assert EvidenceFileField(required=False).clean(None) is None


def test_known_malware_is_refused_and_what_is_none_is_taken(tmp_path: Path, settings: Settings) -> None:
    settings.SCANNER = str(tmp_path / "s")
    with clamd(tmp_path / "s"):
        validate_file(sent("a.txt", b"a note"))
        assert refused(sent("a.txt", b"a note with " + BAD)) == "file_malware"


def test_while_the_scanner_is_away_nothing_is_taken(tmp_path: Path, settings: Settings) -> None:
    settings.SCANNER = str(tmp_path / "none")
    assert refused(sent("a.txt", b"a note")) == "file_scanner"

"""`fanzha fetch` prints what each persona got, checks folders, and ends with the codes it names."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console
from tests.collect.pages.test_look_folder import CAPTURE, RECORD

from fanzha.cli.fetch import COMMAND, explain_record, print_record
from fanzha.collect.pages.look_folder import write_folder
from fanzha.store.look_record import ConnectionFacts, LookRecord, PageDifference, PersonaVisit


def test_either_a_url_or_a_folder_is_given(tmp_path: Path) -> None:
    assert CliRunner().invoke(COMMAND, []).exit_code == 2
    assert CliRunner().invoke(COMMAND, ["http://a.example/", "--check", str(tmp_path)]).exit_code == 2


def test_a_folder_is_checked(tmp_path: Path) -> None:
    write_folder(tmp_path / "look", RECORD, [CAPTURE])
    assert CliRunner().invoke(COMMAND, ["--check", str(tmp_path / "look")]).exit_code == 0
    (tmp_path / "look" / "phone.png").write_bytes(b"")
    result = CliRunner().invoke(COMMAND, ["--check", str(tmp_path / "look")])
    assert result.exit_code == 1 and "phone.png" in result.output


def test_what_is_no_page_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    result = CliRunner().invoke(COMMAND, ["file:///etc/passwd"])
    assert "no address of a page" in str(result.exception)


def test_personas_and_differences_are_printed_without_control_characters() -> None:
    visit = PersonaVisit("phone", "http://a.example/", 200, title="\x1b[31m登录", ended_by="time")
    record = LookRecord(
        "http://a.example/",
        0,
        visits=(visit,),
        differences=(PageDifference("asks", "phone", "desktop", "card / –", True),),
    )
    console = Console(record=True, width=120)
    print_record(console, record)
    text = console.export_text()
    assert "\x1b" not in text and "登录" in text and "cloaked" in text and "time" in text


def test_why_nothing_was_seen_is_said_once() -> None:
    refused = ConnectionFacts("a.example", 80, refused="port 80 is not allowed")
    record = LookRecord("http://a.example/", 0, connections=(refused, refused), problem="time")
    assert explain_record(record) == "time; a.example: port 80 is not allowed"
    assert explain_record(LookRecord("http://a.example/", 0)) == "no answer"

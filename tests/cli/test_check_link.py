"""`fanzha check-link` says what is listed, in words or JSON, and by its exit code."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.collect.served_links import SITE, ListServer, list_server

from fanzha.base.errors import FanzhaError
from fanzha.cli import fanzha
from fanzha.collect import link_check
from fanzha.store.link_list import LinkAction


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ListServer]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with list_server(tmp_path / "site") as served:
        monkeypatch.setattr(link_check, "_fetch", served.fetch)
        served.list("block.example")
        served.list("warn.example", action=LinkAction.WARN)
        yield served


def run(*arguments: str, typed: str = "", site: str = SITE) -> Result:
    return CliRunner().invoke(fanzha, ["check-link", "--site", site, *arguments], input=typed)


def test_exit_codes_and_words_say_what_is_listed(server: ListServer) -> None:
    unlisted = run("http://honest.example/")
    assert unlisted.exit_code == 0 and "not listed" in unlisted.stdout and "2 条 entries" in unlisted.stderr
    warned = run("http://warn.example/a")
    assert warned.exit_code == 8 and "警示 warn" in warned.stdout and "phishing for credentials" in warned.stdout
    blocked = run("-", typed="http://warn.example/\n\nhxxp://www.block[.]example/x\n")
    assert blocked.exit_code == 9 and "拦截 block" in blocked.stdout and len(blocked.stdout.splitlines()) == 2


def test_json_has_a_line_a_link(server: ListServer) -> None:
    result = run("--json", "http://honest.example/", "http://www.block.example/x")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row["action"], row["expression"]) for row in rows] == [("unlisted", ""), ("block", "block.example/")]


def test_the_list_is_updated_when_it_is_due_or_when_asked(server: ListServer) -> None:
    run("http://honest.example/")
    server.asked.clear()
    run("http://honest.example/")
    assert server.asked == []
    server.list("new.example")
    assert "3 条 entries（+1 −0）" in run("--update").stderr
    assert run("--offline", "http://new.example/").exit_code == 9


def test_without_an_answer_an_older_list_is_used_and_that_is_said(server: ListServer) -> None:
    run("--update")
    server.is_down = True
    result = run("--update", "http://honest.example/")
    assert result.exit_code == 0 and "no answer" in result.stderr and "the list is of 20" in result.stderr
    hit = run("--offline", "http://block.example/")
    assert hit.exit_code == 3 and "does not answer" in hit.stdout


def test_links_after_one_that_cannot_be_checked_are_checked(server: ListServer) -> None:
    rows = run("--json", "-", typed="no host\nhttp://block.example/\nhttp://-a.warn.example/\n")
    assert [json.loads(line)["action"] for line in rows.stdout.splitlines()] == ["unreadable", "block", "warn"]
    assert rows.exit_code == 9
    assert run("no host", "http://honest.example/").exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [((), 2), (("--offline", "http://honest.example/"), 3)],
    ids=["no link", "no list"],
)
def test_a_wrong_call_says_what_to_do(server: ListServer, arguments: tuple[str, ...], exit_code: int) -> None:
    result = run(*arguments)
    assert isinstance(result.exception, FanzhaError) and result.exception.exit_code == exit_code


def test_a_site_without_list_and_one_that_is_no_address(server: ListServer) -> None:
    server.is_down = True
    nothing = run("http://honest.example/")
    assert isinstance(nothing.exception, FanzhaError) and nothing.exception.exit_code == 3
    wrong = run("http://honest.example/", site="site.example")
    assert isinstance(wrong.exception, FanzhaError) and wrong.exception.exit_code == 2

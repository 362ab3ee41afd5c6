"""`fanzha screen key`: a key is told once, listed without itself, and revoked by somebody."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fanzha.base.errors import UsageError
from fanzha.cli._screen_keys import COMMAND
from fanzha.store.screen_keys import ScreenKeyCache, ScreenKeys

BY = ("--by", "Lin")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    return tmp_path


def key(*arguments: str) -> Result:
    return CliRunner().invoke(COMMAND, arguments)


def test_the_key_alone_is_printed_and_opens_what_it_was_made_for() -> None:
    result = key("add", "edge-1", "--scope", "call", "--scope", "lookup", "--rate", "2000", *BY)
    found = ScreenKeyCache(ScreenKeys()).find(result.stdout.strip().encode(), 0, 0)
    assert found is not None and (found.rate, found.burst, found.made_by) == (2000, 1000, "Lin")
    assert "只显示这一次" in result.stderr and "only this once" in result.stderr


def test_the_list_tells_everything_but_the_key() -> None:
    text = key("add", "edge-1", "--scope", "ranges", "--until", "2099-01-01", *BY).stdout.strip()
    key("add", "edge-2", "--scope", "metrics", *BY)
    key("revoke", "edge-2", "--by", "Chen")
    output, listed = key("list").stdout, key("list", "--json").stdout
    assert text not in output + listed and text.removeprefix("fzs_") not in output + listed
    assert "有效至 holds until" in output and "已吊销 revoked" in output
    one, other = json.loads(listed)
    assert (one["name"], one["scopes"], one["holds"]) == ("edge-1", ["ranges"], True)
    assert (other["holds"], other["revoked_by"]) == (False, "Chen")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("add", "edge-1", *BY), "--scope"),
        (("add", "edge-1", "--scope", "everything", *BY), "everything"),
        (("add", "edge-1", "--scope", "call"), "--by"),
        (("add", "edge-1", "--scope", "call", "--rate", "0", *BY), "--rate"),
    ],
)
def test_what_is_missing_or_wrong_is_said(arguments: tuple[str, ...], why: str) -> None:
    result = key(*arguments)
    assert result.exit_code == 2 and why in result.stderr


@pytest.mark.parametrize(
    ("until", "why"), [("soon", "not a moment"), ("2001-01-01", "has passed"), ("", "not a moment")]
)
def test_an_end_lies_ahead(until: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        CliRunner().invoke(COMMAND, ["add", "edge-1", "--scope", "call", "--until", until, *BY], catch_exceptions=False)

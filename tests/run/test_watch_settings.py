"""`[watch]` of fanzha.toml becomes a command; what is wrong in it is named with its file and key."""

import sys
from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.run.up import SiteAddress, plan_processes
from fanzha.run.watch_settings import load_watch_table, watch_command


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    monkeypatch.delenv("FANZHA_DATABASE_URL", raising=False)
    return tmp_path


def test_the_table_becomes_a_command_that_runs_beside_the_site(home: Path) -> None:
    assert load_watch_table() is None
    (home / "fanzha.toml").write_text(
        '[watch]\nsources = ["/data/cdr"]\nowner = "carrier"\nlateness = "2h"\ndetectors = ["wangiri", "sim-box"]\n'
    )
    settings = load_watch_table()
    assert settings is not None
    assert watch_command(settings) == [
        *(sys.executable, "-m", "fanzha", "watch", "--out", str(home / "watch" / "findings.jsonl")),
        *("--owner", "carrier", "--lateness", "2h", "--detector", "wangiri", "--detector", "sim-box"),
        *("--", "/data/cdr"),
    ]
    assert plan_processes(SiteAddress(), None, 1)[-1].title.en == "watch"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('sources = ["/data/cdr"]', "owner"),
        ('sources = []\nowner = "carrier"', "sources"),
        ('sources = ["/data/cdr"]\nowner = "carrier"\nlateness = "soon"', "not a span of time"),
        ('sources = ["-"]\nowner = "carrier"', "no standard input"),
    ],
)
def test_a_wrong_table_is_a_usage_error(home: Path, text: str, why: str) -> None:
    (home / "fanzha.toml").write_text(f"[watch]\n{text}\n")
    with pytest.raises(UsageError, match=why):
        load_watch_table()

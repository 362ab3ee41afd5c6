"""Settings of the watch of new sites name what is wrong; logs may come from a list."""

import json
from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.store.site_watch_settings import load_site_watch_settings

LOG = '[[site_watch.log]]\nname = "{}"\nurl = "https://log.example/{}"\nkey = "{}"\n'
LIST = {
    "version": "3",
    "operators": [
        {
            "name": "Example",
            "logs": [{"description": "Example 'A2026'", "key": "QUFB", "url": "https://a.example/", "mmd": 86400}],
            "tiled_logs": [
                {
                    "description": "Example 'T2026'",
                    "key": "QkJC",
                    "submission_url": "https://t.example/2026/",
                    "monitoring_url": "https://files.example/t2026/",
                }
            ],
        }
    ],
}


def write(folder: Path, text: str) -> Path:
    (folder / "fanzha.toml").write_text(text)
    return folder


def test_nothing_is_watched_by_default(tmp_path: Path) -> None:
    assert not load_site_watch_settings(tmp_path).is_active()
    assert load_site_watch_settings(tmp_path).log == ()


def test_logs_are_chosen_from_a_list(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text(json.dumps(LIST))
    settings = load_site_watch_settings(
        write(tmp_path, '[site_watch]\nlog_list = "list.json"\nlogs = ["Example *"]\n' + LOG.format("x", "x", "Q0ND"))
    )
    assert [(log.name, log.protocol, log.url, log.origin) for log in settings.log] == [
        ("x", "rfc6962", "https://log.example/x", ""),
        ("Example 'A2026'", "rfc6962", "https://a.example/", ""),
        ("Example 'T2026'", "static", "https://files.example/t2026/", "t.example/2026"),
    ]
    assert settings.is_active()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[site_watch]\nunknown = 1\n", "unknown"),
        ("[site_watch]\ncandidates = 0\n", "candidates"),
        (LOG.format("a", "a", "?"), "log a: the key is not base64"),
        (LOG.format("a", "a", "QUFB") + LOG.format("b", "b", "QUFB"), "named twice"),
        (LOG.format("a", "a", "QUFB") + LOG.format("a", "b", "QkJC"), "named twice"),
        ('[site_watch]\nlogs = ["a"]\n', "no log_list"),
        ('[site_watch]\nlogs = ["a"]\nlog_list = "none.json"\n', "No such file"),
        ('[site_watch]\nlogs = ["a"]\nlog_list = "bad.json"\n', "no log list of version 3"),
        ('[site_watch]\nlogs = ["a"]\nlog_list = "list.json"\n', "none of the logs a"),
    ],
)
def test_wrong_settings_are_told(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "bad.json").write_text("[]")
    (tmp_path / "list.json").write_text(json.dumps(LIST))
    with pytest.raises(UsageError, match=problem):
        load_site_watch_settings(write(tmp_path, text))

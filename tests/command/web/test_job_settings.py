"""The limits of background jobs are read from `[jobs]`; wrong ones are named with the file."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.command.web.job_settings import JobSettings, load_job_settings


def test_defaults_and_settings(home: Path) -> None:
    assert load_job_settings() == JobSettings(workers=2, running=1, waiting=200)
    (home / "fanzha.toml").write_text("[jobs]\nworkers = 3\nwaiting = 10\n")
    assert load_job_settings() == JobSettings(workers=3, running=1, waiting=10)


@pytest.mark.parametrize("line", ["workers = 0", "running = 17", "waiting = 0", "queues = 2"])
def test_what_cannot_be_is_refused(home: Path, line: str) -> None:
    (home / "fanzha.toml").write_text(f"[jobs]\n{line}\n")
    with pytest.raises(UsageError, match=r"\[jobs\]"):
        load_job_settings()

"""One sender runs on a state folder, and says before it starts what is missing."""

import asyncio
import fcntl
from pathlib import Path

import pytest
from tests.deliver.queued import now_ms, queue

from fanzha.base.errors import UsageError
from fanzha.deliver.service import run
from fanzha.store.warning_outbox import OutcomeKind, WarningOutbox

APP = '[deliver.app]\nurl = "https://app.example/warn"\n'


def test_without_a_peer_it_does_not_start(home: Path) -> None:
    with pytest.raises(UsageError, match=r"no table \[deliver.smpp\]"):
        run()


def test_a_missing_password_is_told_before_it_starts(home: Path) -> None:
    (home / "fanzha.toml").write_text(
        '[deliver.smpp]\nhost = "127.0.0.1"\nsystem_id = "f"\npassword_file = "none"\nsender = "96110"\n'
    )
    with pytest.raises(UsageError, match="keys/none is not there"):
        run()


@pytest.mark.parametrize("password", ["nine-long", "密码"])
def test_a_password_that_smpp_cannot_carry_is_told_before_it_starts(home: Path, password: str) -> None:
    (home / "fanzha.toml").write_text(
        '[deliver.smpp]\nhost = "127.0.0.1"\nsystem_id = "f"\npassword_file = "smsc"\nsender = "96110"\n'
    )
    (home / "keys").mkdir(mode=0o700, exist_ok=True)
    (home / "keys" / "smsc").write_text(password)
    (home / "keys" / "smsc").chmod(0o600)
    with pytest.raises(UsageError, match="keys/smsc is no password of SMPP"):
        run()


def test_it_ends_when_it_is_stopped_and_marks_what_was_lost(home: Path, outbox: WarningOutbox) -> None:
    (home / "fanzha.toml").write_text(APP)
    queue(outbox, "text")
    outbox.begin(outbox.select_due(["text"], now_ms())[0].id)
    outbox._connection.execute("UPDATE warning SET expires_at = 1")
    stop = asyncio.Event()
    stop.set()
    run(stop)
    outbox.expire(now_ms())
    assert [outcome.kind for outcome in outbox.outcomes()] == [OutcomeKind.UNKNOWN]


def test_a_second_sender_is_refused(home: Path) -> None:
    (home / "fanzha.toml").write_text(APP)
    (home / "deliver").mkdir(mode=0o700)
    with (home / "deliver" / ".sender").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(UsageError, match="another sender"):
            run()

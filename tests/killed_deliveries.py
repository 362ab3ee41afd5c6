"""Warnings by a sender that is killed at random again and again, to an SMSC that writes down what it was given."""

import asyncio
import sys
import time
from functools import partial
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.deliver.smsc import Smsc, running_smsc, wait_for
from tests.run.running_site import TOP, environment

from fanzha.base.words import Words
from fanzha.store.warning_outbox import OutgoingWarning, open_outbox

EACH = 12  # warnings that wait when a sender starts
LONGEST_SECONDS = 0.3  # of sending before a kill
LATEST_MS = 600_000
SETTINGS = """[deliver.smpp]
host = "127.0.0.1"
port = {port}
system_id = "fanzha"
password_file = "smsc"
sender = "96110"
most_a_second = 40.0
"""


class Delivered(NamedTuple):
    """How many warnings were added, the key of each text that the SMSC was given, and the outcome of each warning."""

    sent: int
    received: list[str]
    outcomes: dict[str, str]


async def kill_the_sender(home: Path, kills: int, draw: Random) -> Delivered:
    """Kill the sender so many times while it sends; then let one end its work."""
    async with running_smsc(Smsc()) as smsc:
        _set_up(home, smsc.port)
        added = 0
        for _ in range(kills):
            added = _add(home, added)
            begun, process = partial(_has_more, smsc, len(smsc.submitted)), await _start(home)
            await wait_for(begun, 120)
            await asyncio.sleep(draw.uniform(0.0, LONGEST_SECONDS))
            process.kill()
            await process.wait()
        added = _add(home, added)
        process = await _start(home)
        with open_outbox(home) as outbox:
            await wait_for(lambda: not outbox.count_waiting(), 120)
            process.terminate()
            await process.wait()
            outcomes = outbox.outcomes(limit=10 * added)
        received = [message.text.decode("utf-16-be").rpartition(" ")[2] for message in smsc.submitted]
        assert len(outcomes) == len({outcome.key for outcome in outcomes}), "a warning has two outcomes"
        return Delivered(added, received, {outcome.key: str(outcome.kind) for outcome in outcomes})


def _has_more(smsc: Smsc, before: int) -> bool:
    return len(smsc.submitted) > before


def _set_up(home: Path, port: int) -> None:
    (home / "keys").mkdir(mode=0o700)
    (home / "keys" / "smsc").write_text("secret\n")
    (home / "keys" / "smsc").chmod(0o600)
    (home / "fanzha.toml").write_text(SETTINGS.format(port=port))


def _add(home: Path, added: int) -> int:
    """Add warnings whose texts name them; return how many there are now."""
    now = time.time_ns() // 1_000_000
    warnings = [
        OutgoingWarning(f"w{number}", "text", "+8617000000900", Words(f"请勿转账 w{number}", ""), now, now + LATEST_MS)
        for number in range(added, added + EACH)
    ]
    with open_outbox(home) as outbox:
        return added + outbox.add(warnings)


async def _start(home: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "fanzha", "deliver", env=environment(home), cwd=TOP, stderr=asyncio.subprocess.DEVNULL
    )

"""Warnings as tests put them into the outbox, and a sender that runs while a block is entered."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from fanzha.base.words import Words
from fanzha.store.warning_outbox import OutcomeKind, OutgoingWarning, WarningOutbox

NUMBER = "+8617000000900"


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def queue(outbox: WarningOutbox, channel: str, *, key: str = "01J/3/0", to: str = NUMBER, zh: str = "请勿转账") -> None:
    """Add a warning that may be sent for a minute."""
    now = now_ms()
    words = Words(zh, "")
    outbox.add([OutgoingWarning(key, channel, to, words, now, now + 60_000, "fake_loan", wording="fake_loan/1")])


def kinds(outbox: WarningOutbox) -> list[OutcomeKind]:
    """Return the kinds of the outcomes so far."""
    return [outcome.kind for outcome in outbox.outcomes()]


@asynccontextmanager
async def running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run a sender, and cancel it at the end of the block."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

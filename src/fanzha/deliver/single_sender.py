"""Send warnings that are one request each: the common loop of e-mail, apps and calls."""

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import partial
from typing import ClassVar, NamedTuple

from fanzha.store.warning_outbox import OutcomeKind, OutgoingWarning, QueuedWarning, WarningOutbox

log = logging.getLogger(__name__)

POLL_SECONDS = 0.1
RETRY_SECONDS = (1, 5, 15, 30, 60)
_STOP_SECONDS = 15.0


class NotTaken(Exception):
    """The receiver certainly did not take the warning: it may be sent again. The text gives the reason."""


class RefusedForGood(Exception):
    """The receiver, or the protocol, refuses the warning: trying again is useless. The text gives the reason."""


class SendResult(NamedTuple):
    """How sending ended."""

    kind: OutcomeKind
    details: Mapping[str, str] = {}


class SingleSender(ABC):
    """Sends what is due in one channel, `slots` at a time."""

    channel: ClassVar[str]
    #: Whether a receiver recognises a repeat by the key of the warning; it is sent again then when the end is unknown.
    repeatable: ClassVar[bool] = False

    def __init__(self, outbox: WarningOutbox, slots: int) -> None:
        self._outbox, self._slots = outbox, slots
        self._running: dict[int, asyncio.Task[None]] = {}

    @abstractmethod
    async def send(self, warning: OutgoingWarning) -> SendResult:
        """Send a warning. Raise NotTaken to have it tried again, RefusedForGood if that is useless.

        With any other exception it is unknown whether the warning was sent.
        """

    async def run(self) -> None:
        """Send until cancelled; then give what runs a moment to end in order."""
        try:
            while True:
                free = self._slots - len(self._running)
                for queued in self._select_due(free) if free > 0 else ():
                    task = asyncio.create_task(self._send(queued))
                    self._running[queued.id] = task
                    task.add_done_callback(partial(self._finish, queued.id))
                await asyncio.sleep(POLL_SECONDS)
        finally:
            running = list(self._running.values())
            for task in running:
                task.cancel()
            if running:
                await asyncio.wait(running, timeout=_STOP_SECONDS)

    def _finish(self, queued: int, _task: "asyncio.Task[None]") -> None:
        del self._running[queued]

    def _select_due(self, free: int) -> list[QueuedWarning]:
        due = self._outbox.select_due([self.channel], _now_ms(), limit=free + len(self._running))
        return [queued for queued in due if queued.id not in self._running][:free]

    async def _send(self, queued: QueuedWarning) -> None:
        id, key = queued.id, queued.warning.key
        if not self._outbox.begin(id) and not self.repeatable:  # a process that was killed has begun it
            self._outbox.end(id, OutcomeKind.UNKNOWN, _now_ms(), {"problem": "the sender was stopped meanwhile"})
            return
        try:
            result = await self.send(queued.warning)
        except NotTaken as reason:
            pause = RETRY_SECONDS[min(queued.attempts, len(RETRY_SECONDS) - 1)]
            log.warning("a warning by %s was not taken, the next try is in %d s: %s", self.channel, pause, reason)
            self._outbox.retract(id, 1, _now_ms() + pause * 1_000)
        except (RefusedForGood, ValueError) as reason:
            self._outbox.end(id, OutcomeKind.FAILED, _now_ms(), {"problem": str(reason)})
        except asyncio.CancelledError:
            if not self.repeatable:
                self._outbox.end(id, OutcomeKind.UNKNOWN, _now_ms(), {"problem": "the sender was stopped meanwhile"})
            raise
        except Exception as problem:
            log.exception("whether the warning %s went out by %s is unknown", key, self.channel)
            self._outbox.end(id, OutcomeKind.UNKNOWN, _now_ms(), {"problem": type(problem).__name__})
        else:
            self._outbox.end(id, result.kind, _now_ms(), result.details)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000

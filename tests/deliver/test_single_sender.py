"""What a killed sender had begun is not begun again, unless the receiver recognises a repeat."""

import asyncio

import pytest
from tests.deliver.queued import kinds, now_ms, queue, running
from tests.deliver.smsc import wait_for

from fanzha.deliver.single_sender import RefusedForGood, SendResult, SingleSender
from fanzha.store.warning_outbox import OutcomeKind, OutgoingWarning, WarningOutbox


class Sender(SingleSender):
    """Counts what it sends, and fails with `problem`."""

    channel = "voice"

    def __init__(self, outbox: WarningOutbox, problem: Exception | None = None, slots: int = 2) -> None:
        super().__init__(outbox, slots)
        self.sent: list[str] = []
        self.problem = problem
        self.hold = asyncio.Event()
        self.hold.set()

    async def send(self, warning: OutgoingWarning) -> SendResult:
        self.sent.append(warning.key)
        await self.hold.wait()
        if self.problem is not None:
            raise self.problem
        return SendResult(OutcomeKind.SENT)


def run(sender: Sender, outbox: WarningOutbox, count: int = 1) -> list[OutcomeKind]:
    async def scenario() -> None:
        async with running(sender.run()):
            await wait_for(lambda: len(kinds(outbox)) == count)

    asyncio.run(scenario())
    return kinds(outbox)


@pytest.mark.parametrize(("repeatable", "expected"), [(False, OutcomeKind.UNKNOWN), (True, OutcomeKind.SENT)])
def test_what_was_begun_before_a_kill(
    outbox: WarningOutbox, monkeypatch: pytest.MonkeyPatch, repeatable: bool, expected: OutcomeKind
) -> None:
    monkeypatch.setattr(Sender, "repeatable", repeatable)
    queue(outbox, "voice")
    outbox.begin(outbox.select_due(["voice"], now_ms())[0].id)
    outbox.recover()
    sender = Sender(outbox)
    assert run(sender, outbox) == [expected] and len(sender.sent) == repeatable


@pytest.mark.parametrize(
    ("problem", "expected"),
    [(RefusedForGood("no"), OutcomeKind.FAILED), (ValueError("no"), OutcomeKind.FAILED),
     (RuntimeError("?"), OutcomeKind.UNKNOWN)],
)  # fmt: skip
def test_a_problem_decides_the_outcome(outbox: WarningOutbox, problem: Exception, expected: OutcomeKind) -> None:
    queue(outbox, "voice")
    assert run(Sender(outbox, problem), outbox) == [expected]


def test_no_more_are_sent_at_once_than_there_are_slots(outbox: WarningOutbox) -> None:
    for number in range(5):
        queue(outbox, "voice", key=f"k{number}")
    sender = Sender(outbox)
    sender.hold.clear()

    async def scenario() -> None:
        async with running(sender.run()):
            await wait_for(lambda: len(sender.sent) == 2)
            await asyncio.sleep(0.25)
            assert len(sender.sent) == 2
            sender.hold.set()
            await wait_for(lambda: len(kinds(outbox)) == 5)

    asyncio.run(scenario())
    assert sorted(sender.sent) == [f"k{number}" for number in range(5)]

"""Texts reach the SMSC once: throttled ones later, unanswered ones never again; receipts say what became of them."""

import asyncio

import pytest
from tests.deliver.queued import kinds, now_ms, queue, running
from tests.deliver.smsc import Smsc, running_smsc, wait_for

from fanzha.base.smpp import BIND_RECEIVER, BIND_TRANSMITTER, ESME_ROK, ShortMessage
from fanzha.deliver.sms_sender import SmsSender, relative_time
from fanzha.store.warning_outbox import OutcomeKind, WarningOutbox

SENT, DELIVERED = OutcomeKind.SENT, OutcomeKind.DELIVERED
THROTTLED = 0x58


def test_a_text_and_a_flash_sms_are_submitted_and_their_receipts_recorded(outbox: WarningOutbox) -> None:
    queue(outbox, "text", key="a")
    queue(outbox, "flash_sms", key="b")

    async def scenario() -> Smsc:
        async with running_smsc(Smsc()) as smsc, running(SmsSender(smsc.settings(), outbox).run()):
            await wait_for(lambda: kinds(outbox) == [SENT, SENT])
            smsc.receipt("m1", "DELIVRD")
            smsc.receipt("m2", "EXPIRED")
            smsc.deliver(b"hello", esm_class=0)
            await wait_for(lambda: len(kinds(outbox)) == 4)
            return smsc

    smsc = asyncio.run(scenario())
    assert kinds(outbox)[2:] == [DELIVERED, OutcomeKind.UNDELIVERED]
    text, flash = smsc.submitted
    assert (text.data_coding, flash.data_coding, text.registered_delivery) == (0x08, 0x18, 1)
    assert text.destination.digits == "8617000000900" and text.validity_period == "000000010000000R"
    assert text.text.decode("utf-16-be") == "请勿转账"


def test_a_long_text_is_sent_once_all_its_parts_are(outbox: WarningOutbox) -> None:
    queue(outbox, "text", zh="请勿转账，" * 20)

    async def scenario() -> Smsc:
        async with running_smsc(Smsc()) as smsc, running(SmsSender(smsc.settings(), outbox).run()):
            await wait_for(lambda: kinds(outbox) == [SENT])
            smsc.receipt("m1", "DELIVRD")
            smsc.receipt("m2", "DELIVRD")
            await wait_for(lambda: kinds(outbox) == [SENT, DELIVERED])
            return smsc

    smsc = asyncio.run(scenario())
    assert len(smsc.submitted) == 2 and outbox.outcomes()[0].details["message_ids"] == "m1 m2"


def test_a_throttled_text_is_sent_later_and_once(outbox: WarningOutbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fanzha.deliver.sms_sender.LONGEST_PAUSE_SECONDS", 0.05)
    queue(outbox, "text")

    def throttle(_message: ShortMessage, number: int) -> tuple[int, str]:
        return (THROTTLED, "") if number < 3 else (ESME_ROK, "m")

    async def scenario() -> int:
        async with running_smsc(Smsc(throttle)) as smsc, running(SmsSender(smsc.settings(), outbox).run()):
            await wait_for(lambda: kinds(outbox) == [SENT])
            return len(smsc.submitted)

    assert asyncio.run(scenario()) == 3


def test_a_text_whose_second_part_is_throttled_until_it_is_late_was_not_sent(
    outbox: WarningOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fanzha.deliver.sms_sender.LONGEST_PAUSE_SECONDS", 0.05)
    queue(outbox, "text", zh="请勿转账，" * 20)

    def throttle(_message: ShortMessage, number: int) -> tuple[int, str]:
        return (THROTTLED, "") if number > 1 else (ESME_ROK, "m")

    async def scenario() -> None:
        async with running_smsc(Smsc(throttle)) as smsc, running(SmsSender(smsc.settings(), outbox).run()):
            await wait_for(lambda: len(smsc.submitted) > 2)
            late = now_ms() + 120_000  # its time is over, but a part that is on its way may still be answered
            await wait_for(lambda: outbox.expire(late) == 1)

    asyncio.run(scenario())
    (outcome,) = outbox.outcomes()
    assert outcome.kind is OutcomeKind.FAILED and "not all its parts" in outcome.details["problem"]


def test_each_part_of_a_long_text_counts_for_the_allowed_rate(outbox: WarningOutbox) -> None:
    queue(outbox, "text", zh="请勿转账，" * 40)

    async def scenario() -> tuple[int, float]:
        loop, smsc = asyncio.get_running_loop(), Smsc()
        async with running_smsc(smsc):
            async with running(SmsSender(smsc.settings(most_a_second=20.0), outbox).run()):
                await wait_for(lambda: smsc.submitted)
                begun = loop.time()
                await wait_for(lambda: kinds(outbox) == [SENT])
            return len(smsc.submitted), loop.time() - begun

    parts, seconds = asyncio.run(scenario())
    assert parts == 3 and seconds > 0.09


def test_a_text_that_cannot_be_written_has_failed_and_nothing_was_begun(outbox: WarningOutbox) -> None:
    queue(outbox, "text", to="+" + "1" * 30)

    async def scenario() -> int:
        async with running_smsc(Smsc()) as smsc, running(SmsSender(smsc.settings(), outbox).run()):
            await wait_for(lambda: kinds(outbox) == [OutcomeKind.FAILED])
            return len(smsc.submitted)

    assert asyncio.run(scenario()) == 0


def test_a_refused_text_has_failed(outbox: WarningOutbox) -> None:
    queue(outbox, "text", zh="请勿转账，" * 20)

    async def scenario() -> int:
        smsc = Smsc(lambda _message, _number: (0x0B, ""))
        async with running_smsc(smsc), running(SmsSender(smsc.settings(), outbox).run()):
            await wait_for(lambda: kinds(outbox) == [OutcomeKind.FAILED])
            return len(smsc.submitted)

    assert asyncio.run(scenario()) == 1, "further parts of a refused text were sent"
    assert "ESME_RINVDSTADR" in outbox.outcomes()[0].details["problem"]


def test_a_text_that_may_have_left_is_not_sent_again(outbox: WarningOutbox) -> None:
    queue(outbox, "text", key="a")

    async def scenario() -> tuple[int, int]:
        smsc = Smsc(lambda _message, _number: None)
        async with running_smsc(smsc), running(SmsSender(smsc.settings(answer_seconds=0.05), outbox).run()):
            await wait_for(lambda: kinds(outbox) == [OutcomeKind.UNKNOWN])
            before, smsc.answer = len(smsc.submitted), lambda _message, _number: (ESME_ROK, "m")
            queue(outbox, "text", key="b")
            await wait_for(lambda: kinds(outbox) == [OutcomeKind.UNKNOWN, SENT])
            return before, len(smsc.submitted)

    assert asyncio.run(scenario()) == (1, 2), "the connection was not made anew, or a text was repeated"


def test_a_sender_whose_smsc_comes_late_sends_what_waits(
    outbox: WarningOutbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fanzha.deliver.sms_sender.FIRST_PAUSE_SECONDS", 0.02)
    queue(outbox, "text")

    async def scenario() -> None:
        smsc = Smsc()
        async with running_smsc(smsc):
            settings = smsc.settings()
        async with running(SmsSender(settings, outbox).run()):
            await asyncio.sleep(0.05)
            async with running_smsc(smsc):
                await wait_for(lambda: kinds(outbox) == [SENT])

    asyncio.run(scenario())


def test_two_connections_and_decimal_ids_where_the_smsc_wants_them(outbox: WarningOutbox) -> None:
    queue(outbox, "text")

    async def scenario() -> Smsc:
        smsc = Smsc(lambda _message, _number: (ESME_ROK, "0A1F"))
        async with running_smsc(smsc):
            settings = smsc.settings(bind="pair", message_ids="hex", receipts=False)
            async with running(SmsSender(settings, outbox).run()):
                await wait_for(lambda: kinds(outbox) == [SENT])
                smsc.receipt("2591", "DELIVRD")
                await wait_for(lambda: kinds(outbox) == [SENT, DELIVERED])
        return smsc

    smsc = asyncio.run(scenario())
    assert smsc.commands[:2] == [BIND_TRANSMITTER, BIND_RECEIVER] and smsc.submitted[0].registered_delivery == 0


@pytest.mark.parametrize(("minutes", "text"), [(5, "000000000500000R"), (1_501, "000001010100000R")])
def test_a_span_is_written_as_smpp_writes_it(minutes: int, text: str) -> None:
    assert relative_time(minutes) == text

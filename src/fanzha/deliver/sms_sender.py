"""Send texts and flash SMS of the outbox to an SMSC, and record its answers and delivery receipts."""

import asyncio
import logging
import time
from contextlib import suppress
from functools import partial

from fanzha.base.smpp import (
    BIND_RECEIVER,
    BIND_TRANSCEIVER,
    BIND_TRANSMITTER,
    ESME_ROK,
    RETRIED_STATUSES,
    SUBMIT_SM,
    Address,
    Alphabet,
    Concatenation,
    Pdu,
    ShortMessage,
    SmsEncoding,
    encode_sms,
    parse_receipt,
    read_c_string,
    status_name,
)
from fanzha.deliver.smpp_connection import ConnectionFailed, NotSubmitted, SmppConnection, Unanswered
from fanzha.store.delivery_settings import SmppSettings, read_secret
from fanzha.store.warning_outbox import OutcomeKind, PartState, QueuedWarning, WarningOutbox
from fanzha.warn import TextChannel, WarningNotice, all_channels

log = logging.getLogger(__name__)

#: The warning channels that an SMSC takes.
CHANNELS = ("text", "flash_sms")
POLL_SECONDS = 0.1
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 30.0
_RECEIPT_ASKED = 1  # registered_delivery: a receipt of success or failure (§5.2.17)


class SmsSender:
    """Keeps a connection to the SMSC, and submits what is due: at most `window` requests without an answer."""

    def __init__(self, settings: SmppSettings, outbox: WarningOutbox) -> None:
        self._settings, self._outbox = settings, outbox
        self._window = asyncio.Semaphore(settings.window)
        self._running: dict[int, asyncio.Task[None]] = {}
        self._transmitter: SmppConnection | None = None
        self._receiver: SmppConnection | None = None
        self._paused_until = self._next_turn_at = 0.0
        self._pauses = 0

    async def run(self) -> None:
        """Send until cancelled; then wait for the answers to what was submitted, and unbind."""
        pause = FIRST_PAUSE_SECONDS
        try:
            while True:
                try:
                    await self._connect()
                except ConnectionFailed as error:
                    log.warning("%s; the next try is in %.1f s", error, pause)
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
                    continue
                pause = FIRST_PAUSE_SECONDS
                await self._send_due()
        finally:
            if self._running:
                await asyncio.wait(self._running.values(), timeout=self._settings.answer_seconds)
            await self._disconnect()

    async def _connect(self) -> None:
        if self._is_connected():
            return
        await self._disconnect()
        settings, password = self._settings, read_secret(self._settings.password_file)
        is_pair = settings.bind == "pair"
        command = BIND_TRANSMITTER if is_pair else BIND_TRANSCEIVER
        self._transmitter = await SmppConnection.open(settings, password, command, self._receive)
        if is_pair:
            self._receiver = await SmppConnection.open(settings, password, BIND_RECEIVER, self._receive)
        log.info("bound to the SMSC at %s:%d", settings.host, settings.port)

    def _is_connected(self) -> bool:
        connections = [self._transmitter, *([self._receiver] if self._settings.bind == "pair" else [])]
        return all(connection is not None and not connection.closed.is_set() for connection in connections)

    async def _disconnect(self) -> None:
        connections, self._transmitter, self._receiver = (self._transmitter, self._receiver), None, None
        for connection in connections:
            if connection is not None:
                await connection.close()

    async def _send_due(self) -> None:
        """Start sending what is due, one after the other, until the connection ends."""
        while self._is_connected():
            due = [] if time.monotonic() < self._paused_until else self._select_due()
            for queued in due:
                await self._window.acquire()
                if not self._is_connected() or time.monotonic() < self._paused_until:
                    self._window.release()
                    break
                task = asyncio.create_task(self._send(queued))
                self._running[queued.id] = task
                task.add_done_callback(partial(self._finish, queued.id))
            if not due:
                await asyncio.sleep(POLL_SECONDS)

    def _select_due(self) -> list[QueuedWarning]:
        due = self._outbox.select_due(CHANNELS, _now_ms(), limit=self._settings.window + len(self._running))
        return [queued for queued in due if queued.id not in self._running]

    def _finish(self, queued: int, task: "asyncio.Task[None]") -> None:
        self._window.release()
        del self._running[queued]
        if not task.cancelled() and (problem := task.exception()) is not None:
            log.error("a warning could not be handled; it is tried again", exc_info=problem)
            with suppress(Exception):
                self._outbox.postpone(queued, _now_ms() + int(LONGEST_PAUSE_SECONDS * 1_000))

    async def _send(self, queued: QueuedWarning) -> None:
        """Submit the parts of one text; a part that was begun before is never submitted again."""
        try:
            bodies = self._encode(queued)
        except ValueError as error:
            self._outbox.end(queued.id, OutcomeKind.FAILED, _now_ms(), {"problem": str(error)})
            return
        for number, body in enumerate(bodies, 1):
            await self._take_turn()
            if (pause := self._paused_until - time.monotonic()) > 0:
                self._outbox.postpone(queued.id, _now_ms() + int(pause * 1_000))
                return
            if not self._outbox.begin(queued.id, number, len(bodies)):
                continue
            connection = self._transmitter
            try:
                if connection is None:
                    raise NotSubmitted
                answer = await connection.request(SUBMIT_SM, body)
            except NotSubmitted:
                self._outbox.retract(queued.id, number, _now_ms() + 1_000)
                return
            except Unanswered:
                self._outbox.end_part(queued.id, number, PartState.UNKNOWN, problem="the SMSC did not answer")
                continue
            if answer.status in RETRIED_STATUSES:
                self._pause(queued, number, answer.status)
                return
            self._pauses = 0
            self._record(queued, number, answer)
            if answer.status != ESME_ROK:
                break
        self._outbox.end_message(queued.id, _now_ms())

    async def _take_turn(self) -> None:
        """Wait until one more part may be submitted: each part of a long text counts for the allowed rate."""
        now = time.monotonic()
        turn_at = max(self._next_turn_at, now)
        self._next_turn_at = turn_at + 1 / self._settings.most_a_second
        await asyncio.sleep(turn_at - now)

    def _encode(self, queued: QueuedWarning) -> list[bytes]:
        """Return the submit_sm bodies of the parts of a text. Raise ValueError if it cannot be written."""
        channel, warning = all_channels()[queued.warning.channel], queued.warning
        if not isinstance(channel, TextChannel):
            raise ValueError(f"{warning.channel} is no channel of texts")
        text = channel.compose(WarningNotice(warning.recipient, warning.words, warning.advice))
        parts = encode_sms(
            text.text,
            reference=queued.id & 0xFF,
            flash=text.flash,
            alphabet=Alphabet(self._settings.alphabet),
            concatenation=Concatenation(self._settings.long),
            flash_by_subunit=self._settings.flash == "subunit",
        )
        return [self._submission(queued, part, text.valid_minutes).encode() for part in parts]

    def _submission(self, queued: QueuedWarning, part: SmsEncoding, valid_minutes: int) -> ShortMessage:
        settings = self._settings
        return ShortMessage(
            Address.of_sender(settings.sender),
            Address.of_number(queued.warning.recipient),
            part.text,
            data_coding=part.data_coding,
            esm_class=part.esm_class,
            registered_delivery=_RECEIPT_ASKED if settings.receipts else 0,
            validity_period=relative_time(valid_minutes),
            service_type=settings.service_type,
            tlvs=part.tlvs,
        )

    def _pause(self, queued: QueuedWarning, number: int, status: int) -> None:
        """Send nothing for a while, longer each time: the SMSC has too much to do."""
        self._pauses += 1
        seconds = min(2.0 ** (self._pauses - 1), LONGEST_PAUSE_SECONDS)
        log.warning("the SMSC answers %s; nothing is sent for %.0f s", status_name(status), seconds)
        self._paused_until = time.monotonic() + seconds
        self._outbox.retract(queued.id, number, _now_ms() + int(seconds * 1_000))

    def _record(self, queued: QueuedWarning, number: int, answer: Pdu) -> None:
        if answer.status != ESME_ROK:
            problem = f"the SMSC refused it: {status_name(answer.status)}"
            self._outbox.end_part(queued.id, number, PartState.REFUSED, problem=problem)
            return
        message_id = read_c_string(answer.body)
        if self._settings.message_ids == "hex":
            with suppress(ValueError):
                message_id = str(int(message_id, 16))
        self._outbox.end_part(queued.id, number, PartState.ACCEPTED, message_id=message_id)

    def _receive(self, message: ShortMessage) -> None:
        """Record a final receipt. Texts from handsets are not ours to read."""
        receipt = parse_receipt(message)
        if receipt is not None and receipt.is_final:
            problem = "" if receipt.is_delivered else " ".join(filter(None, (receipt.state, receipt.error)))
            self._outbox.record_receipt(
                receipt.message_id, _now_ms(), is_delivered=receipt.is_delivered, problem=problem
            )


def relative_time(minutes: int) -> str:
    """Return a span as SMPP writes it (§7.1.1.2)."""
    days, rest = divmod(minutes, 1_440)
    hours, left = divmod(rest, 60)
    return f"0000{days:02}{hours:02}{left:02}00000R"


def _now_ms() -> int:
    return time.time_ns() // 1_000_000

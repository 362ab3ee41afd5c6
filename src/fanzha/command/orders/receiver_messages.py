"""Verify and ingest messages of receivers; messages without a valid signature change no leg."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path

from fanzha.base.clock import to_ms
from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.orders.answers import ingest_message
from fanzha.command.orders.endpoint_keys import channel_endpoint
from fanzha.command.orders.exchange_folder import archive, list_incoming
from fanzha.command.orders.models import Endpoint, ReceivedMessage, ReceptionOutcome, Way
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import (
    FILE_POSITION_WORDS,
    FilePosition,
    IncomingMessage,
    LastFile,
    ParsedAnswers,
    UnreadableAnswer,
    UnverifiedMessage,
    all_channels,
    file_position,
)

_UNSCOPED = unscoped("the receiver is found by the signature of his message")

_NOT_GENUINE = Words("签名不符，不采信", "nobody who is known has signed it")
_UNREADABLE = Words("无法读取", "it cannot be read")


def read_message(endpoint: Endpoint, received: IncomingMessage, now: datetime) -> ParsedAnswers:
    """Verify and parse a message; raise UnverifiedMessage, UnreadableAnswer, or UsageError if our keys are missing."""
    return all_channels()[endpoint.channel].read_answer(received, channel_endpoint(endpoint), to_ms(now))


def ingest_request(endpoint: Endpoint, received: IncomingMessage, now: datetime) -> ReceivedMessage:
    """Take a request; raise UnverifiedMessage or UnreadableAnswer."""
    reading = read_message(endpoint, received, now)
    return ingest_message(endpoint, reading, Way.WEBHOOK, reading.id, now)


def ingest_files(now: datetime) -> int:
    """Ingest the incoming files of all endpoints in sequence; return how many were ingested."""
    rows = _UNSCOPED.rows(Endpoint).filter(is_active=True, channel__in=_by_file()).select_related("owner")
    return sum(_ingest_endpoint_files(endpoint, now) for endpoint in rows)


def _by_file() -> list[str]:
    return [name for name, channel in all_channels().items() if channel.goes == "file"]


def _ingest_endpoint_files(endpoint: Endpoint, now: datetime) -> int:
    readings = []
    for path in list_incoming(endpoint):
        body = path.read_bytes()
        name = f"{path.name} {sha256(body).hexdigest()[:16]}"
        try:
            readings.append((read_message(endpoint, IncomingMessage(body), now), path, name))
        except (UnverifiedMessage, UnreadableAnswer) as error:
            words = _NOT_GENUINE if isinstance(error, UnverifiedMessage) else _UNREADABLE
            _record_message(endpoint, name, ReceptionOutcome.REJECTED, words, now)
            archive(endpoint, path, "rejected")
        except UsageError as error:
            _record_message(endpoint, name, ReceptionOutcome.WAITING, Words(str(error), str(error)), now)
    in_order = sorted(readings, key=lambda item: (item[0].sequence, item[2]))
    return sum(_ingest_file(endpoint, reading, path, name, now) for reading, path, name in in_order)


def _ingest_file(endpoint: Endpoint, reading: ParsedAnswers, path: Path, name: str, now: datetime) -> bool:
    """Ingest a file if it is the next in sequence; a file with missing predecessors stays in the folder."""
    position = file_position(
        reading.sequence, reading.before, LastFile(endpoint.received_sequence, endpoint.received_digest)
    )
    if position is FilePosition.MISSING_BEFORE:
        _record_message(endpoint, name, ReceptionOutcome.WAITING, FILE_POSITION_WORDS[position], now, reading.sequence)
        return False
    if position is not FilePosition.NEXT:
        _record_message(endpoint, name, ReceptionOutcome.REJECTED, FILE_POSITION_WORDS[position], now, reading.sequence)
        archive(endpoint, path, "rejected")
        return False
    with recorded():
        ingest_message(endpoint, reading, Way.FILE, name, now)
        endpoint.received_sequence, endpoint.received_digest = reading.sequence, reading.digest
        endpoint.save(update_fields=["received_sequence", "received_digest"])
    archive(endpoint, path, "taken")
    return True


def _record_message(
    endpoint: Endpoint, name: str, outcome: ReceptionOutcome, why: Words, now: datetime, sequence: int = 0
) -> None:
    """Record a file that was not ingested, once per change of its outcome."""
    existing = _UNSCOPED.rows(ReceivedMessage).filter(endpoint=endpoint, name=name[:300]).first()
    if existing is not None and existing.outcome != ReceptionOutcome.WAITING:
        return
    values = {"outcome": outcome, "reason_zh": why.zh[:300], "reason_en": why.en[:300], "sequence": sequence}
    if existing is None:
        _UNSCOPED.rows(ReceivedMessage).create(endpoint=endpoint, way=Way.FILE, name=name[:300], at=now, **values)
    elif (existing.outcome, existing.reason_en) != (outcome, values["reason_en"]):
        _UNSCOPED.rows(ReceivedMessage).filter(pk=existing.pk).update(**values, at=now)

"""Verify and ingest messages of receivers; messages without a valid signature change no leg."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path

from fanzha.base.clock import to_ms
from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.orders.answers import ingest_message
from fanzha.command.orders.digest_tables import MESSAGES
from fanzha.command.orders.endpoint_keys import channel_endpoint
from fanzha.command.orders.exchange_folder import archive, list_incoming
from fanzha.command.orders.models import Endpoint, MessageTransport, ReceivedMessage, ReceptionOutcome
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

_UNSCOPED = unscoped("the receiver is identified by the signature of its message")

_NOT_GENUINE = Words("签名不符，不采信", "the signature is not from a known sender")
_UNREADABLE = Words("无法读取", "it cannot be read")


def read_message(endpoint: Endpoint, message: IncomingMessage, now: datetime) -> ParsedAnswers:
    """Verify and parse a message; raise UnverifiedMessage, UnreadableAnswer, or UsageError if our keys are missing."""
    return all_channels()[endpoint.channel].read_answer(message, channel_endpoint(endpoint), to_ms(now))


def ingest_request(endpoint: Endpoint, message: IncomingMessage, now: datetime) -> ReceivedMessage:
    """Verify and ingest a request. Raise UnverifiedMessage or UnreadableAnswer."""
    parsed = read_message(endpoint, message, now)
    return ingest_message(endpoint, parsed, MessageTransport.WEBHOOK, parsed.id, now)


def ingest_files(now: datetime) -> int:
    """Ingest the incoming files of all endpoints in sequence; return how many were ingested."""
    rows = _UNSCOPED.rows(Endpoint).filter(is_active=True, channel__in=_by_file()).select_related("owner")
    return sum(_ingest_endpoint_files(endpoint, now) for endpoint in rows)


def _by_file() -> list[str]:
    return [name for name, channel in all_channels().items() if channel.goes == "file"]


def _ingest_endpoint_files(endpoint: Endpoint, now: datetime) -> int:
    parsed_files = []
    for path in list_incoming(endpoint):
        body = path.read_bytes()
        name = f"{path.name} {sha256(body).hexdigest()[:16]}"
        try:
            parsed_files.append((read_message(endpoint, IncomingMessage(body), now), path, name))
        except (UnverifiedMessage, UnreadableAnswer) as error:
            words = _NOT_GENUINE if isinstance(error, UnverifiedMessage) else _UNREADABLE
            _record_message(endpoint, name, ReceptionOutcome.REJECTED, words, now)
            archive(endpoint, path, "rejected")
        except UsageError as error:
            _record_message(endpoint, name, ReceptionOutcome.WAITING, Words(str(error), str(error)), now)
    in_order = sorted(parsed_files, key=lambda item: (item[0].sequence, item[2]))
    return sum(_ingest_file(endpoint, parsed, path, name, now) for parsed, path, name in in_order)


def _ingest_file(endpoint: Endpoint, parsed: ParsedAnswers, path: Path, name: str, now: datetime) -> bool:
    """Ingest a file if it is the next in sequence; a file with missing predecessors stays in the folder."""
    position = file_position(
        parsed.sequence, parsed.before, LastFile(endpoint.received_sequence, endpoint.received_digest)
    )
    if position is FilePosition.MISSING_BEFORE:
        _record_message(endpoint, name, ReceptionOutcome.WAITING, FILE_POSITION_WORDS[position], now, parsed.sequence)
        return False
    if position is not FilePosition.NEXT:
        _record_message(endpoint, name, ReceptionOutcome.REJECTED, FILE_POSITION_WORDS[position], now, parsed.sequence)
        archive(endpoint, path, "rejected")
        return False
    with recorded():
        ingest_message(endpoint, parsed, MessageTransport.FILE, name, now)
        endpoint.received_sequence, endpoint.received_digest = parsed.sequence, parsed.digest
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
    if existing is not None and (existing.outcome, existing.reason_en) == (outcome, values["reason_en"]):
        return
    with recorded() as log:
        message, _ = _UNSCOPED.rows(ReceivedMessage).update_or_create(
            endpoint=endpoint, name=name[:300], defaults={"way": MessageTransport.FILE, "at": now, **values}
        )
        log.digest(MESSAGES.model, [message.pk])

"""API schemas of the log."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from ninja import Schema
from pydantic import Field

from fanzha.command.audit.selectors import LogState
from fanzha.command.evidence.entry_words import entry_words, parse_facts
from fanzha.command.web.i18n import localize
from fanzha.processes.log.entry import decode_commitments

if TYPE_CHECKING:
    from fanzha.command.audit.models import LogCheck, LogEntry


class EntryOut(Schema):
    """One entry. `personal` maps each personal field to its commitment (hex)."""

    place: int
    batch: int
    position: int
    at: datetime
    kind: str
    title: str
    actor: str
    organisation: str
    process: str
    step: int
    about: str
    facts: dict[str, Any]
    personal: dict[str, str]
    digest: str

    @classmethod
    def of(cls, row: "LogEntry") -> "EntryOut":
        """Build the schema from an entry."""
        return cls(
            place=row.place,
            batch=row.batch,
            position=row.position,
            at=row.moment,
            kind=row.kind,
            title=localize(entry_words(row.kind, row.facts)),
            actor=row.actor,
            organisation=row.organisation,
            process=row.process,
            step=row.step,
            about=row.about,
            facts=dict(parse_facts(row.facts)),
            personal={name: value.commitment for name, value in decode_commitments(row.personal.encode()).items()},
            digest=bytes(row.leaf).hex(),
        )


class CheckOut(Schema):
    """Result of a verification of the log. It is valid if no fault was found and anchors outside confirm it."""

    at: datetime
    valid: bool
    anchored_outside: bool
    batches: int
    entries: int
    anchors: int
    seconds: float
    faults: list[str]
    not_anchored_outside: list[str]
    not_checked: list[str]

    @classmethod
    def of(cls, row: "LogCheck") -> "CheckOut":
        """Build the schema from a check."""
        return cls(
            at=row.at,
            valid=row.is_valid,
            anchored_outside=row.is_anchored,
            batches=row.number,
            entries=row.entries,
            anchors=row.anchors,
            seconds=row.seconds,
            faults=[localize(words) for words in row.fault_texts],
            not_anchored_outside=[localize(words) for words in row.unanchored_texts],
            not_checked=[localize(words) for words in row.unchecked_texts],
        )


class FolderOut(Schema):
    """One folder with copies of anchors."""

    name: str
    batch: int
    at: datetime | None
    waiting: int
    failing: bool


class StateOut(Schema):
    """State of the log."""

    batches: int
    anchored: int
    key: str
    is_being_read: bool
    check: CheckOut | None
    folders: list[FolderOut]
    alarms: list[str]

    @classmethod
    def of(cls, state: LogState) -> "StateOut":
        """Build the schema from the state."""
        return cls(
            batches=state.number,
            anchored=state.anchor.number if state.anchor else 0,
            key=state.key,
            is_being_read=state.is_check_running,
            check=CheckOut.of(state.last_check) if state.last_check else None,
            folders=[
                FolderOut(
                    name=folder.name,
                    batch=folder.number,
                    at=folder.at,
                    waiting=folder.waiting,
                    failing=bool(folder.problem),
                )
                for folder in state.folders
            ],
            alarms=[localize(words) for words in state.alarms],
        )


class AnchorOut(Schema):
    """One anchor. Keep its `line` outside the system."""

    number: int
    at: datetime
    line: str


class PackIn(Schema):
    """Request for an evidence pack."""

    ref: str = Field(min_length=1, max_length=64)
    purpose: str = Field(min_length=4, max_length=200)
    personal: bool = False

"""The state of an owner that a standby replicates: a snapshot of the state, then record after record."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decider import Decider
from fanzha.screen.event_log import OTHER_SITE, EventLog, Record
from fanzha.screen.registrations import Registration, RegistrationResult
from fanzha.screen.warning_history import WarningHistory
from fanzha.screen.warning_queue import SENT

FORMAT = 1


class _SavedOwnerState(msgspec.Struct, array_like=True):
    format: int
    run: str
    sequence: int
    emergency: dict[str, int]
    remote_sites: dict[str, tuple[str, int]]
    rules: bytes
    warned: dict[str, int] = {}
    registrations: bytes = b""


class OwnerState:
    """Windows, rules, emergency callers, warnings, registrations and positions of other sites; all derive from the log.

    A fact counts at its arrival time, which its record contains, so that a replay counts it the same.
    """

    def __init__(self, decider: Decider, log: EventLog, run: str) -> None:
        """Begin empty; `run` identifies the log that sequence numbers refer to."""
        self.decider, self.log, self.run = decider, log, run
        self.remote_sites: dict[str, tuple[str, int]] = {}  # site -> its run, its last sequence number
        self.warning_history = WarningHistory()
        self.rejected = 0

    def add_fact(self, at: int, table: str, fields: Mapping[str, Any]) -> None:
        """Log and count a fact of this site."""
        self.log.append(at, "fact", (table, fields))
        self._count(at, "fact", (table, fields))

    def add_registrations(self, at: int, registrations: Sequence[Registration]) -> Sequence[RegistrationResult]:
        """Log and add registrations that arrived at this site; return what became of each."""
        known = self.decider.registrations
        assert known is not None, "the settings have the table [registrations]"
        results = [known.add(registration, at) for registration in registrations]
        added = [
            registration
            for registration, result in zip(registrations, results, strict=True)
            if result is RegistrationResult.ADDED
        ]
        if added:
            self.log.append(at, "registrations", added)
        return results

    def add_remote_record(self, at: int, site: str, run: str, record: Record) -> None:
        """Log and count a record of another site."""
        self.log.append(at, OTHER_SITE, (site, run, record.sequence, record.what, record.body))
        self.remote_sites[site] = run, record.sequence
        self._count(at, record.what, record.body)

    def apply(self, record: Record) -> None:
        """Count a record of the log that this state follows."""
        self.log.sequence = record.sequence
        if record.what == OTHER_SITE:
            site, run, sequence, what, body = record.body
            self.remote_sites[site] = run, sequence
            self._count(record.at, what, body)
        else:
            self._count(record.at, record.what, record.body)

    def _count(self, at: int, what: str, body: Any) -> None:
        """Count a record in the windows; an invalid record is counted as rejected and skipped."""
        try:
            if what == "call":
                attempt = CallAttempt(*body[0])._replace(at=at)
                self.decider.count(self.decider.read(attempt))
            elif what == "fact" and self.decider.rules is not None:
                table, fields = body
                self.decider.rules.add_fact(table, at, fields)
            elif what == "registrations" and self.decider.registrations is not None:
                for registration in msgspec.convert(body, list[Registration]):
                    self.decider.registrations.add(registration, at)
            elif what == "warning" and body[4] == SENT:
                self.warning_history.add(body[3], at)
        except (TypeError, ValueError, KeyError, IndexError, AttributeError):
            self.rejected += 1

    def save(self) -> bytes:
        """Return the serialised state."""
        rules, registrations = self.decider.rules, self.decider.registrations
        return msgspec.msgpack.encode(
            _SavedOwnerState(
                FORMAT,
                self.run,
                self.log.sequence,
                self.decider.emergency.save(),
                self.remote_sites,
                rules.save() if rules is not None else b"",
                self.warning_history.save(),
                registrations.save() if registrations is not None else b"",
            )
        )

    def restore(self, data: bytes) -> None:
        """Load a serialised state; raise ValueError for another format."""
        saved = msgspec.msgpack.decode(data, type=_SavedOwnerState)
        if saved.format != FORMAT:
            raise ValueError(f"the state is of format {saved.format}, not {FORMAT}")
        self.run, self.log.sequence, self.remote_sites = saved.run, saved.sequence, saved.remote_sites
        self.decider.emergency.restore(saved.emergency)
        self.warning_history.restore(saved.warned)
        if self.decider.registrations is not None:
            self.decider.registrations.restore(saved.registrations)
        if self.decider.rules is not None and saved.rules:
            self.decider.rules.restore(saved.rules)

"""What an owner remembers, and how a standby comes to remember the same: one state, then record after record."""

from collections.abc import Mapping
from typing import Any

import msgspec

from fanzha.screen.attempt import Attempt
from fanzha.screen.decider import Decider
from fanzha.screen.event_log import OTHER, Log, Record
from fanzha.screen.warning_history import Warned
from fanzha.screen.warning_queue import SENT

FORMAT = 1


class _Saved(msgspec.Struct, array_like=True):
    format: int
    run: str
    sequence: int
    emergency: dict[str, int]
    others: dict[str, tuple[str, int]]
    rules: bytes
    warned: dict[str, int] = {}


class Memory:
    """Windows and rules, who called for help or was warned, how far other sites were heard; all follows from the log.

    A fact counts at the moment at which it arrived, which its record says: replayed, it counts the same.
    """

    def __init__(self, decider: Decider, log: Log, run: str) -> None:
        """Begin with nothing; `run` names the log whose numbers count on."""
        self.decider, self.log, self.run = decider, log, run
        self.others: dict[str, tuple[str, int]] = {}  # site -> its run, the last record of it
        self.warned = Warned()
        self.refused = 0

    def fact(self, at: int, table: str, fields: Mapping[str, Any]) -> None:
        """Take a fact of this site in, and log it."""
        self.log.append(at, "fact", (table, fields))
        self._count(at, "fact", (table, fields))

    def other(self, at: int, site: str, run: str, record: Record) -> None:
        """Take a record of another site in, and log it."""
        self.log.append(at, OTHER, (site, run, record.sequence, record.what, record.body))
        self.others[site] = run, record.sequence
        self._count(at, record.what, record.body)

    def apply(self, record: Record) -> None:
        """Take in a record of the log that this memory follows."""
        self.log.sequence = record.sequence
        if record.what == OTHER:
            site, run, sequence, what, body = record.body
            self.others[site] = run, sequence
            self._count(record.at, what, body)
        else:
            self._count(record.at, record.what, record.body)

    def _count(self, at: int, what: str, body: Any) -> None:
        """Let windows count; what does not fit is counted as refused: a line must not end what follows it."""
        try:
            if what == "call":
                attempt = Attempt(*body[0])._replace(at=at)
                self.decider.count(self.decider.read(attempt))
            elif what == "fact" and self.decider.rules is not None:
                table, fields = body
                self.decider.rules.fact(table, at, fields)
            elif what == "warning" and body[4] == SENT:
                self.warned.add(body[3], at)
        except (TypeError, ValueError, KeyError, IndexError, AttributeError):
            self.refused += 1

    def save(self) -> bytes:
        """Return everything."""
        rules = self.decider.rules
        return msgspec.msgpack.encode(
            _Saved(
                FORMAT,
                self.run,
                self.log.sequence,
                self.decider.emergency.save(),
                self.others,
                rules.save() if rules is not None else b"",
                self.warned.save(),
            )
        )

    def restore(self, data: bytes) -> None:
        """Go on from what was saved; ValueError for another format."""
        saved = msgspec.msgpack.decode(data, type=_Saved)
        if saved.format != FORMAT:
            raise ValueError(f"the state is of format {saved.format}, not {FORMAT}")
        self.run, self.log.sequence, self.others = saved.run, saved.sequence, saved.others
        self.decider.emergency.restore(saved.emergency)
        self.warned.restore(saved.warned)
        if self.decider.rules is not None and saved.rules:
            self.decider.rules.restore(saved.rules)

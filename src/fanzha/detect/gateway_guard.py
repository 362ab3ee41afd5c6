"""Calls whose number cannot come from where they came in (Art. 13): the trunk is named, never the claimed number."""

from collections.abc import Iterable

import msgspec
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.detect._detector import Detector, Session
from fanzha.detect._gateway.examples import EXAMPLES
from fanzha.detect._gateway.judge import NO_TABLES, judge
from fanzha.detect._gateway.tally import CHINA_MS, DAY_MS, Tallies
from fanzha.detect._gateway.telling import ARTICLE, NAME, VERSION, finding
from fanzha.kinds.phone_number import NumberingTables


class GatewayGuard(Detector):
    """One finding for a trunk, reason and day (in Beijing), given when the day is over or the input ends."""

    name = NAME
    version = VERSION
    title = Words("关口局号码核验", "gateway guard")
    tells = Words(
        "主叫号码不可能来自该入口：境外来话声称固话、400、95/96、106、短号、紧急号码，以及伪装、未分配或不可能的号码。"
        "只指向送来呼叫的中继或已证实的号码，不指责声称的号码。",
        "Numbers that cannot come from where the call did: fixed, 400, 95/96, 106, short and emergency numbers from "
        "abroad, disguised, unallocated and impossible ones. Named is the trunk or the proven number, not the claimed.",
    )
    reads = ("call_offered",)
    law = (ARTICLE,)
    examples = EXAMPLES

    def __init__(self, tables: NumberingTables = NO_TABLES) -> None:
        """Take ranges and carriers from these tables, before the plan that comes with the package."""
        self._tables = tables

    def numbered_by(self, tables: NumberingTables) -> "GatewayGuard":
        """Return the detector for an operator's numbering tables."""
        return GatewayGuard(tables)

    def open(self, saved: bytes = b"") -> Session:
        """Start counting, or go on from saved counts."""
        return GatewaySession(msgspec.json.decode(saved, type=Tallies) if saved else Tallies(), self._tables)


class GatewaySession(Session):
    """Counts calls by day; `save` and `open` carry the counts over exactly."""

    def __init__(self, tallies: Tallies, tables: NumberingTables = NO_TABLES) -> None:
        """Go on from counts."""
        self._tallies = tallies
        self._tables = tables

    def feed(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Count a batch in time order; the findings of days that are over are given."""
        if not batch.num_rows:
            return []
        self._tallies.add(batch, judge(batch, self._tables))
        today = (int(batch.column("occurred_at")[-1].as_py()) + CHINA_MS) // DAY_MS
        return self._findings(today)

    def finish(self) -> Iterable[Finding]:
        """Give the findings of the last day."""
        return self._findings(None)

    def save(self) -> bytes:
        """Return the counts."""
        return msgspec.json.encode(self._tallies)

    def _findings(self, before: int | None) -> list[Finding]:
        counts = self._tallies
        return [
            finding(tally, counts.calls_of(tally), counts.more_than(tally), self._tables)
            for tally in counts.close(before)
        ]


DETECTOR = GatewayGuard()

"""Calls whose caller number is impossible at their ingress (ATF Art. 13); findings name the trunk, never the number."""

from collections.abc import Iterable

import msgspec
import pyarrow as pa

from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.detect import Detector, Session
from fanzha.detect.gateway.assessment import NO_TABLES, assess_batch
from fanzha.detect.gateway.examples import EXAMPLES
from fanzha.detect.gateway.explain import ARTICLE, NAME, VERSION, build_finding
from fanzha.detect.gateway.tally import CHINA_MS, DAY_MS, Tallies
from fanzha.kinds.phone_number import NumberingTables


class GatewayGuardDetector(Detector):
    """Yields one finding for each subject, reason and Beijing day, when the day is over or the input ends."""

    name = NAME
    version = VERSION
    title = Words("关口局号码核验", "Gateway guard")
    tells = Words(
        "识别不可能来自该入口的主叫号码，包括境外来话声称的固话、400、95/96、106、短号和紧急号码，以及伪装、未分"
        "配或不可能存在的号码。认定对象为送来呼叫的中继或已证实的号码，不指控所声称的号码。",
        "This detector finds caller numbers that cannot come from where the call came in. These are fixed, 400, "
        "95/96, 106, short and emergency numbers from abroad, and disguised, unallocated and impossible numbers. It "
        "names the trunk or the proven number and does not accuse the claimed number.",
    )
    reads = ("call_offered",)
    law = (ARTICLE,)
    examples = EXAMPLES

    def __init__(self, tables: NumberingTables = NO_TABLES) -> None:
        """Look ranges and carriers up in `tables` before the shipped numbering plan."""
        self._tables = tables

    def with_numbering(self, tables: NumberingTables) -> "GatewayGuardDetector":
        """Return the detector for an operator's numbering tables."""
        return GatewayGuardDetector(tables)

    def open(self, saved: bytes = b"") -> Session:
        """Start a session with empty tallies, or with saved ones."""
        return GatewaySession(msgspec.json.decode(saved, type=Tallies) if saved else Tallies(), self._tables)


class GatewaySession(Session):
    """Tallies calls by day."""

    def __init__(self, tallies: Tallies, tables: NumberingTables = NO_TABLES) -> None:
        """Continue with these tallies."""
        self._tallies = tallies
        self._tables = tables

    def feed(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Count a batch and return the findings of days that are over."""
        if not batch.num_rows:
            return []
        self._tallies.add(batch, assess_batch(batch, self._tables))
        today = (int(batch.column("occurred_at")[-1].as_py()) + CHINA_MS) // DAY_MS
        return self._findings(today)

    def finish(self) -> Iterable[Finding]:
        """Return the findings of the days not yet closed."""
        return self._findings(None)

    def save(self) -> bytes:
        """Return the tallies as JSON."""
        return msgspec.json.encode(self._tallies)

    def _findings(self, before: int | None) -> list[Finding]:
        tallies = self._tallies
        return [
            build_finding(tally, tallies.calls_of(tally), tallies.unlisted_calls_of(tally), self._tables)
            for tally in tallies.close(before)
        ]


DETECTOR = GatewayGuardDetector()

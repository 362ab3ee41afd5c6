"""Match findings with cases: who was named or warned, when, by which rule; and whether the records cover a case."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from fanzha.analyze.alarm_rate import CHINA_MS, DAY_MS
from fanzha.analyze.replay.cases import FraudCase
from fanzha.claims.finding import Maturity, SubjectRole

#: Columns that name a party of a case.
_PARTY_COLUMNS = {
    "call_offered": ("caller", "proven_caller", "callee"),
    "message": ("sender", "recipient"),
    "sim_use": ("number",),
    "registration": ("number",),
    "account_action": ("account", "other_account", "number"),
    "app_seen": ("app", "number"),
    "site_seen": ("host",),
    "public_report": ("target",),
}
#: Columns of a call by a proven suspect that identify the suspect's equipment.
_EQUIPMENT = {"device": "device", "sim_card": "sim_card"}
_RANKS = [maturity.value for maturity in Maturity]


class CaseHit(NamedTuple):
    """One finding that concerns a case; `rank` is the index of its maturity, `way` how it concerns the case."""

    case: int
    found_at: int
    rule: str
    detector: str
    rank: int
    way: str


class OtherHits(NamedTuple):
    """Subject-days of one maturity that concern no case; `rule` is "" over all rules, by the most mature finding."""

    rule: str
    detector: str
    rank: int
    warned: bool
    subject_days: int


class CaseMatcher:
    """The findings and records of a run beside its cases. `span_ms` limits how long before a loss a finding counts."""

    def __init__(
        self, cases: Sequence[FraudCase], findings: Path, tables: Mapping[str, Path], span_ms: int, scratch: Path
    ) -> None:
        self._tables = tables
        self._span_ms = span_ms
        self._database = duckdb.connect(config={"memory_limit": "1GB", "temp_directory": str(scratch)})
        parties: dict[str, list[Any]] = {"case_id": [], "party": [], "is_victim": [], "loss_from": [], "loss_until": []}
        for index, case in enumerate(cases):
            for is_victim, values in ((True, case.victims), (False, case.suspects)):
                for value in values:
                    row = (index, value, is_victim, case.loss_from, case.loss_until)
                    for column, cell in zip(parties.values(), row, strict=True):
                        column.append(cell)
        types = (pa.int64(), pa.string(), pa.bool_(), pa.int64(), pa.int64())
        table = pa.table({name: pa.array(parties[name], type_) for name, type_ in zip(parties, types, strict=True)})
        self._database.register("given_parties", table)
        self._database.execute("CREATE TABLE parties AS SELECT * FROM given_parties")
        self._database.execute(
            f"""CREATE TABLE found AS
                SELECT finding_id, detector,
                    coalesce(nullif(json_extract_string(evidence, '$.rule'), ''), detector) AS rule,
                    subject_kind, subject, found_at, list_position({_RANKS}, maturity) - 1 AS rank,
                    role = '{SubjectRole.VICTIM}' AS warned
                FROM read_parquet($findings)""",
            {"findings": str(findings)},
        )
        self._link_equipment()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def _link_equipment(self) -> None:
        """Collect devices and cards of proven suspects, and calls and trunks by which suspects called a victim."""
        self._database.execute("CREATE TABLE links (case_id BIGINT, kind VARCHAR, subject VARCHAR, way VARCHAR)")
        if "call_offered" not in self._tables:
            return
        path = str(self._tables["call_offered"])
        columns = set(pq.read_schema(path).names)
        for column, kind in _EQUIPMENT.items():
            if column in columns:
                self._database.execute(
                    f"""INSERT INTO links
                        SELECT p.case_id, '{kind}', c.{column}, 'equipment'
                        FROM read_parquet(?) c JOIN parties p ON c.proven_caller = p.party AND NOT p.is_victim
                        WHERE c.{column} IS NOT NULL AND c.occurred_at BETWEEN p.loss_from - ? AND p.loss_until
                        GROUP BY ALL""",
                    [path, self._span_ms],
                )
        for column, kind, way in (("call_id", "call", "call"), ("trunk", "trunk", "trunk")):
            if column in columns:
                self._database.execute(
                    f"""INSERT INTO links
                        SELECT s.case_id, '{kind}', c.{column}, '{way}'
                        FROM read_parquet(?) c
                        JOIN parties s ON c.caller = s.party AND NOT s.is_victim
                        JOIN parties v ON c.callee = v.party AND v.is_victim AND v.case_id = s.case_id
                        WHERE c.{column} IS NOT NULL AND c.occurred_at BETWEEN s.loss_from - ? AND s.loss_until
                        GROUP BY ALL""",
                    [path, self._span_ms],
                )

    def list_covered(self) -> set[int]:
        """Return the cases with an event of a party at or before the loss, within the span."""
        covered: set[int] = set()
        for table, names in _PARTY_COLUMNS.items():
            if table not in self._tables:
                continue
            there = set(pq.read_schema(self._tables[table]).names)
            for name in (name for name in names if name in there):
                rows = self._database.execute(
                    f"""SELECT DISTINCT p.case_id FROM read_parquet(?) e JOIN parties p ON e.{name} = p.party
                        WHERE e.occurred_at BETWEEN p.loss_from - ? AND p.loss_until""",
                    [str(self._tables[table]), self._span_ms],
                ).fetchall()
                covered.update(case for (case,) in rows)
        return covered

    def list_hits(self) -> list[CaseHit]:
        """Return the findings that concern cases, by time, from the span before the loss on.

        A victim who is accused is no hit.
        """
        self._database.execute(
            """CREATE OR REPLACE TABLE hits AS
               SELECT p.case_id, f.finding_id, f.found_at, f.rule, f.detector, f.rank,
                   CASE WHEN p.is_victim THEN 'victim' ELSE 'suspect' END AS way, p.loss_from
               FROM found f JOIN parties p ON lower(f.subject) = lower(p.party) AND f.warned = p.is_victim
               WHERE NOT p.is_victim OR f.found_at >= p.loss_from - $span
               UNION
               SELECT l.case_id, f.finding_id, f.found_at, f.rule, f.detector, f.rank, l.way, p.loss_from
               FROM found f JOIN links l ON f.subject_kind = l.kind AND f.subject = l.subject AND NOT f.warned
               JOIN (SELECT DISTINCT case_id, loss_from FROM parties) p ON p.case_id = l.case_id""",
            {"span": self._span_ms},
        )
        rows = self._database.execute(
            """SELECT case_id, found_at, rule, detector, rank, way FROM hits WHERE found_at >= loss_from - ?
               ORDER BY found_at, finding_id, way""",
            [self._span_ms],
        ).fetchall()
        return [CaseHit(*row) for row in rows]

    def count_others(self) -> list[OtherHits]:
        """Return subject-days of findings that concern no case, over all rules and by rule. Call `list_hits` first."""
        self._database.execute(
            f"""CREATE OR REPLACE TABLE others AS
                SELECT f.*, (f.found_at + {CHINA_MS}) // {DAY_MS} AS day FROM found f
                ANTI JOIN (SELECT DISTINCT finding_id FROM hits) h USING (finding_id)"""
        )
        rows = self._database.execute(
            """WITH pooled AS (
                   SELECT warned, subject_kind, subject, day, min(rank) AS rank FROM others GROUP BY ALL),
               by_rule AS (
                   SELECT rule, detector, warned, subject_kind, subject, day, min(rank) AS rank
                   FROM others GROUP BY ALL)
               SELECT '' AS rule, '' AS detector, rank, warned, count(*) FROM pooled GROUP BY ALL
               UNION ALL SELECT rule, detector, rank, warned, count(*) FROM by_rule GROUP BY ALL
               ORDER BY 1, 2, 4, 3"""
        ).fetchall()
        return [OtherHits(*row) for row in rows]

    def write_others(self, target: Path) -> None:
        """Write the subjects of `count_others` in full, a row for each subject, day and rule."""
        part = target.with_name(target.name + ".part")
        self._database.execute(
            f"""COPY (
                SELECT subject_kind, subject, warned,
                    strftime(make_timestamp(day * {DAY_MS} * 1000), '%Y-%m-%d') AS day,
                    rule, detector, {_RANKS}[min(rank) + 1] AS maturity, min(found_at) AS found_at
                FROM others GROUP BY ALL ORDER BY found_at, subject_kind, subject, rule
            ) TO '{str(part).replace("'", "''")}' (FORMAT parquet, COMPRESSION zstd)"""
        )
        part.replace(target)

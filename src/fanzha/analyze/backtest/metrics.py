"""Metrics of hits against the ground truth: precision, recall by scenario, look-alikes hit, with intervals."""

from collections.abc import Sequence
from typing import Any

import duckdb
import msgspec
import pyarrow as pa

from fanzha.analyze.backtest.ground_truth import ROLES
from fanzha.analyze.backtest.hits import Hit
from fanzha.learn.intervals import wilson_interval

POSITIVE = ("fraud", "victim")


class Proportion(msgspec.Struct, frozen=True):
    """A proportion with its 95 % Wilson interval; null if `whole` is 0."""

    part: int
    whole: int
    value: float | None = None
    low: float | None = None
    high: float | None = None


class ScenarioRecall(msgspec.Struct, frozen=True):
    """The share of actors of one scenario (or label) that were hit while they were active."""

    scenario: str
    role: str
    hit: Proportion


class VersionMetrics(msgspec.Struct, frozen=True):
    """The metrics of one version; `roles` counts the subjects hit by role."""

    roles: dict[str, int]  # of ROLES, and "unlabelled"
    precision: Proportion  # frauds and victims among the labelled subjects hit
    recall: Proportion  # frauds and victims hit among those active during the history
    scenarios: list[ScenarioRecall]


def proportion(part: int, whole: int) -> Proportion:
    """Return a proportion with its interval (Wilson 1927)."""
    if not whole:
        return Proportion(part, whole)
    return Proportion(part, whole, part / whole, *wilson_interval(part / whole, whole))


def assign_roles(hits: Sequence[Hit], truth: pa.Table) -> list[str]:
    """Return the role of each hit's subject at that moment: the first of ROLES that applies, else "unlabelled"."""
    with _database(hits, truth) as database:
        rows = database.execute(
            f"SELECT h.place, min({_RANK}) FROM hits AS h LEFT JOIN answers AS a ON {_MATCHES} GROUP BY 1 ORDER BY 1"
        ).fetchall()
    return ["unlabelled" if rank is None else ROLES[rank] for _, rank in rows]


def compute_metrics(
    hits: Sequence[Hit], roles: Sequence[str], truth: pa.Table, versions: int, first: int, last: int
) -> list[VersionMetrics]:
    """Return the metrics of each version; `first` and `last` bound the history (UTC ms)."""
    with _database(hits, truth) as database:
        rows = database.execute(_SCENARIOS, [first, last, versions]).fetchall()
    metrics = []
    for version in range(versions):
        scenarios = [
            ScenarioRecall(name, role, proportion(hit, all_))
            for row_version, name, role, hit, all_ in rows
            if row_version == version
        ]
        subjects = _count_by_role(hits, roles, version)
        true_positives = sum(subjects[role] for role in POSITIVE)
        labelled = sum(count for role, count in subjects.items() if role != "unlabelled")
        hit_shares = [scenario.hit for scenario in scenarios if scenario.role in POSITIVE]
        recall = proportion(sum(share.part for share in hit_shares), sum(share.whole for share in hit_shares))
        metrics.append(VersionMetrics(subjects, proportion(true_positives, labelled), recall, scenarios))
    return metrics


def _count_by_role(hits: Sequence[Hit], roles: Sequence[str], version: int) -> dict[str, int]:
    """Count the distinct subjects that a version hit, by the highest-ranked role of each."""
    order = {role: rank for rank, role in enumerate((*ROLES, "unlabelled"))}
    best: dict[tuple[str, str], str] = {}
    for hit, role in zip(hits, roles, strict=True):
        if hit.version == version and order[role] < order.get(best.get(hit.subject, ""), len(order)):
            best[hit.subject] = role
    return {role: sum(best_role == role for best_role in best.values()) for role in order}


def _database(hits: Sequence[Hit], truth: pa.Table) -> duckdb.DuckDBPyConnection:
    columns: dict[str, Any] = {
        "place": pa.array(range(len(hits)), pa.int64()),
        "version": pa.array([hit.version for hit in hits], pa.int64()),
        "kind": pa.array([hit.subject.kind for hit in hits], pa.string()),
        "subject": pa.array([hit.subject.value for hit in hits], pa.string()),
        "moment": pa.array([hit.moment for hit in hits], pa.int64()),
    }
    database = duckdb.connect()
    database.register("hits", pa.table(columns))
    database.register("answers", truth)
    return database


_RANK = "CASE a.role " + " ".join(f"WHEN '{role}' THEN {rank}" for rank, role in enumerate(ROLES)) + " END"
_MATCHES = """a.subject = h.subject AND a.kind IN ('', h.kind)
    AND h.moment >= coalesce(a.since, h.moment) AND h.moment <= coalesce(a.until, h.moment)"""
_SCENARIOS = f"""
    WITH present AS (
        SELECT * FROM answers
        WHERE role <> 'innocent' AND coalesce(until, since, $1) >= $1 AND coalesce(since, $2) <= $2
    ), met AS (
        SELECT DISTINCT h.version, a.scenario, a.role, a.actor FROM hits AS h JOIN present AS a ON {_MATCHES}
    )
    SELECT v.version, p.scenario, p.role, count(m.actor), count(*)
    FROM range($3) AS v (version)
    CROSS JOIN (SELECT DISTINCT scenario, role, actor FROM present) AS p
    LEFT JOIN met AS m USING (version, scenario, role, actor)
    GROUP BY ALL ORDER BY 1, p.role, p.scenario
"""

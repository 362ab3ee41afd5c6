"""Build the report of a backtest from its files, beside what the site knows of the subjects that it would have hit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.ids import digest
from fanzha.claims.verdict import Level
from fanzha.command.detection_rules.decided_cases import report_cases
from fanzha.command.detection_rules.library import rule_key
from fanzha.command.detection_rules.models import BacktestRun
from fanzha.command.subjects.selectors import find_standing_findings, find_standing_opinions, find_withdrawn_decisions
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped
from fanzha.store.allowlist import load_allowlist_by_number

if TYPE_CHECKING:
    import pyarrow as pa

#: Subjects of a text that are looked up in the site, the first ones hit.
MAX_LOOKED_UP = 20_000
MAX_EXAMPLES = 20
_CHINA_MS, _DAY_MS = 28_800_000, 86_400_000
_UNSCOPED = unscoped("what the operator's organisation knows of subjects")

Things = dict[str, tuple[str, str]]


def build_report(run: BacktestRun, folder: Path) -> dict[str, Any]:
    """Return the report of a finished backtest as JSON values; times are UTC ms, days those of China."""
    account = msgspec.json.decode((folder / "backtest.json").read_bytes(), type=dict[str, Any])
    hits = _read_hits(folder / "hits.parquet")
    versions = {version["file"].removesuffix(".rule"): version for version in account["versions"]}
    tested = versions[run.text[:8]]
    things = _distinct_things(hits, tested["label"])
    source = account["input"]
    report: dict[str, Any] = {
        "first": source["first"],
        "last": source["last"],
        "events": sum(source["events"].values()),
        "rejects": source["rejects"],
        "tested": _version(tested, hits),
        "beside": _version(versions[run.beside[:8]], hits) if run.beside else None,
        "comparison": _comparison(account["comparisons"]),
        "known": _count_judged(run, things),
        "looked_up": len(things),
        "current": _overlap(run, things, source),
        "examples": [_example(hit) for hit in account["shown"] if hit["label"] == tested["label"]][:MAX_EXAMPLES],
    }
    if run.replays_cases:
        beside = versions[run.beside[:8]]["label"] if run.beside else ""
        report["cases"] = report_cases(run, account["cases"], tested["label"], beside, source)
    return report


def _version(version: Mapping[str, Any], hits: pa.Table) -> dict[str, Any]:
    alarms = version["alarms"] or {}
    kept = ("version", "hits", "subjects", "full_hits", "acted", "acted_subjects", "report_only", "budget")
    return {
        **{name: version[name] for name in kept},
        "busiest": max((hour["subjects"] for hour in version["hours"]), default=0),
        "rate": [alarms.get(name) for name in ("per_million_a_day", "low", "high")],
        "days": _by_day(hits, version["label"]),
    }


def _comparison(comparisons: Collection[Mapping[str, Any]]) -> dict[str, int] | None:
    return next(({part: sum(one[part].values()) for part in ("only_a", "both", "only_b")} for one in comparisons), None)


def _example(hit: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("kind", "subject", "moment", "score", "acts", "why_zh", "why_en", "windows_full")
    return {**{name: hit[name] for name in kept}, "zh": hit["reasons_zh"][:1], "en": hit["reasons_en"][:1]}


def _read_hits(path: Path) -> pa.Table:
    import pyarrow.parquet as pq  # slow import: only in the worker

    return pq.read_table(path, columns=["rule", "subject_kind", "subject", "moment"])


def _of_label(hits: pa.Table, label: str) -> pa.Table:
    import pyarrow.compute as pc

    return hits.filter(pc.field("rule") == label)


def _by_day(hits: pa.Table, label: str) -> list[list[Any]]:
    """Return day, hits and different subjects for each day with a hit."""
    import pyarrow.compute as pc

    rows = _of_label(hits, label)
    days = pc.divide(pc.add(rows["moment"], _CHINA_MS), _DAY_MS)
    by_subject = rows.append_column("day", days).group_by(["day", "subject_kind", "subject"])
    table = by_subject.aggregate([([], "count_all")]).group_by("day")
    counted = table.aggregate([("count_all", "sum"), ("count_all", "count")]).sort_by("day").to_pylist()
    return [
        [
            f"{datetime.fromtimestamp(row['day'] * 86_400, UTC):%Y-%m-%d}",
            row["count_all_sum"],
            row["count_all_count"],
        ]
        for row in counted
    ]


def _distinct_things(hits: pa.Table, label: str) -> Things:
    """Return kind and value of the first subjects that a text hits, by the digest that names them in the site."""
    rows = _of_label(hits, label).group_by(["subject_kind", "subject"], use_threads=False).aggregate([])
    pairs = rows.slice(0, MAX_LOOKED_UP).to_pylist()
    return {digest(row["subject_kind"], row["subject"]): (row["subject_kind"], row["subject"]) for row in pairs}


def _count_judged(run: BacktestRun, things: Things) -> dict[str, int]:
    """Count the subjects on the allowlist, judged fraud or innocent by the own organisation, or once restored."""
    spared = load_allowlist_by_number()
    now = to_ms(run.touched_at)
    on_list = sum(
        kind == "phone_number" and any(entry.holds(now) for entry in spared.get(value, ()))
        for kind, value in things.values()
    )
    named = in_list(list(things), "text")
    opinions = find_standing_opinions(_UNSCOPED).filter(owner=run.owner_id, subject__thing__in=named).order_by()
    judged: dict[str, set[str]] = {}
    for thing, level in opinions.values_list("subject__thing", "level").distinct():
        judged.setdefault(level, set()).add(thing)
    restored = find_withdrawn_decisions(_UNSCOPED).filter(owner=run.owner_id, subject__thing__in=named).order_by()
    return {
        "spared": on_list,
        "fraud": len(judged.get(Level.SUSPECTED, ())),
        "innocent": len(judged.get(Level.CLEAR, ())),
        "restored": restored.values("subject__thing").distinct().count(),
    }


def _overlap(run: BacktestRun, things: Things, source: Mapping[str, Any]) -> dict[str, int]:
    """Count the subjects that the text and the stored findings of its rule in the same stretch have in common."""
    if source["first"] is None:
        return {"both": 0, "only_new": len(things), "only_current": 0}
    names = {rule_key(run.rule), run.rule}
    stretch = (from_ms(source["first"]), from_ms(source["last"]))
    rows = find_standing_findings(_UNSCOPED).filter(owner=run.owner_id, detector__in=names, found_at__range=stretch)
    current = rows.order_by().values("subject__thing").distinct()
    both = current.filter(subject__thing__in=in_list(list(things), "text")).count()
    return {"both": both, "only_new": len(things) - both, "only_current": current.count() - both}

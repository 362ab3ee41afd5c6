"""Read the decided cases of an organisation, and build the part of a backtest's report that is about them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from fanzha.base.clock import from_ms, to_ms
from fanzha.claims.verdict import Level
from fanzha.command.detection_rules.library import rule_key
from fanzha.command.detection_rules.models import BacktestRun
from fanzha.command.subjects.selectors import find_standing_findings, find_standing_opinions
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped

#: Cases of a replay, the latest decided.
MAX_CASES = 20_000
#: Cases of each list that a report names.
MAX_NAMED = 100
_DECIDED = (Level.SUSPECTED.value, Level.CLEAR.value)
_UNSCOPED = unscoped("what the operator's organisation decided on subjects")


def has_decided_cases(owner: int) -> bool:
    """Return whether an organisation (primary key) has a standing decision that a subject is fraud or clear."""
    return find_standing_opinions(_UNSCOPED).filter(owner=owner, level__in=_DECIDED).exists()


def collect_cases(owner: int) -> list[dict[str, Any]]:
    """Return the decided cases of an organisation (primary key) as the backtest process takes them.

    The latest standing opinion or decision on a subject says whether it is confirmed or cleared; it was decided when
    the first standing one of this level was given.
    """
    rows = find_standing_opinions(_UNSCOPED).filter(owner=owner, level__in=_DECIDED).order_by("-given_at", "-pk")
    names = ("level", "given_at", "subject__ref", "subject__kind", "subject__value", "subject__holder_from")
    cases: dict[str, dict[str, Any]] = {}
    for level, given_at, ref, kind, value, holder_from in rows.values_list(*names).iterator():
        if ref in cases:
            if cases[ref]["confirmed"] is (level == Level.SUSPECTED):
                cases[ref]["decided_at"] = to_ms(given_at)
        elif len(cases) < MAX_CASES:
            cases[ref] = {
                "ref": ref,
                "kind": kind,
                "subject": value,
                "confirmed": level == Level.SUSPECTED,
                "decided_at": to_ms(given_at),
                "since": to_ms(holder_from) if holder_from else None,
            }
    return list(cases.values())


def report_cases(
    run: BacktestRun, replayed: Mapping[str, Any], tested: str, beside: str, source: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the section of a report on decided cases; `tested` and `beside` are labels of versions, "" for none.

    `replayed` is the account of `fanzha.analyze.backtest.decided_cases`, `source` the summary of the history. Subjects
    are named by reference only.
    """
    versions = {version["label"]: version for version in replayed["versions"]}
    covered = replayed["covered_confirmed"]
    report = {
        "confirmed": replayed["confirmed"],
        "cleared": replayed["cleared"],
        "covered_confirmed": len(covered),
        "covered_cleared": replayed["covered_cleared"],
        "found_as_it_ran": _count_found_as_it_ran(run, covered, source),
        "tested": _version(versions[tested]),
        "beside": _version(versions[beside]) if beside else None,
        "change": _change(versions[tested], versions[beside]) if beside else None,
    }
    return report


def iter_subject_refs(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the references of the subjects that a report names."""
    for name in ("missed", "late", "hit_cleared"):
        yield from report["tested"][name]
    if report["change"]:
        yield from report["change"]["lost"]


def _version(version: Mapping[str, Any]) -> dict[str, Any]:
    counts = {f"{name}_count": len(version[name]) for name in ("found", "late", "missed", "hit_cleared")}
    named = {name: version[name][:MAX_NAMED] for name in ("late", "missed", "hit_cleared")}
    kept = {name: version[name] for name in ("recall", "cleared_share", "median_lead_hours")}
    return {**counts, **named, **kept}


def _change(tested: Mapping[str, Any], beside: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cases that only one of the two texts finds, and the cleared ones that only one hits."""
    found, found_beside = set(tested["found"]), set(beside["found"])
    hit, hit_beside = set(tested["hit_cleared"]), set(beside["hit_cleared"])
    lost = sorted(found_beside - found)
    return {
        "gained_count": len(found - found_beside),
        "lost_count": len(lost),
        "lost": lost[:MAX_NAMED],
        "more_cleared": len(hit - hit_beside),
        "fewer_cleared": len(hit_beside - hit),
    }


def _count_found_as_it_ran(run: BacktestRun, refs: Collection[str], source: Mapping[str, Any]) -> int:
    """Count the cases with a stored finding of the rule in the time of the history."""
    if source["first"] is None:
        return 0
    stretch = (from_ms(source["first"]), from_ms(source["last"]))
    rows = find_standing_findings(_UNSCOPED).filter(
        owner=run.owner_id,
        detector__in={rule_key(run.rule), run.rule},
        found_at__range=stretch,
        subject__ref__in=in_list(list(refs), "text"),
    )
    return rows.order_by().values("subject").distinct().count()

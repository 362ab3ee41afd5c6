"""How much a reporter counts: the share of past reports that proved true, pulled towards a prior while there are few.

The weight orders the work and decides how many reporters make a thing reported by several. It rejects no report: a
reporter without a record has the weight of the prior, and two of them are enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, Q

from fanzha.command.processes.selectors import find_steps
from fanzha.command.reports.models import Report, ReportOutcome
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

_UNSCOPED = unscoped("results of reports are recorded for the organisations that received them")
PROCESS = "public_report"
#: The prior, as if so many reports had been verified before, so many of them true: a new reporter weighs 0.6.
PRIOR_VERIFIED, PRIOR_TRUE = 5, 3
#: From this sum of weights on, reporters from different networks are several. Two new ones reach it.
SEVERAL_WEIGHT = 1.0
SEVERAL = 2
#: How far back each run looks, so that a site that stood still for a day misses nothing.
SPAN = timedelta(days=2)
#: What the last result of a process says; a rejection because nothing could be checked says nothing.
_RESULTS = {
    "confirmed": ReportOutcome.CONFIRMED,
    "partly": ReportOutcome.CONFIRMED,
    "unfounded": ReportOutcome.REFUTED,
    "untrue": ReportOutcome.REFUTED,
    "false_tag": ReportOutcome.REFUTED,
    "lawful": ReportOutcome.REFUTED,
}
_RESULT_EVENTS = ("answer", "answer_drawn", "propose_rejection")
_END_EVENTS = ("finish", "close_rejected")


class ReporterRecord(NamedTuple):
    """How many processes that a reporter's reports led to were verified, and how many of them proved true."""

    verified: int = 0
    true: int = 0

    @property
    def weight(self) -> float:
        """Return the weight of the reporter, 0 to 1."""
        return (self.true + PRIOR_TRUE) / (self.verified + PRIOR_VERIFIED)


#: A reporter without a record.
NEWCOMER = ReporterRecord()


class EndedProcess(NamedTuple):
    """A process that ended, when, and the outcome of its reports by the last result; None if the result has none."""

    instance: ProcessInstance
    at: datetime
    outcome: ReportOutcome | None


def find_ended(now: datetime) -> Iterator[EndedProcess]:
    """Yield the processes of reports that ended within `SPAN`, the first one first."""
    ends = find_steps(_UNSCOPED).filter(instance__process=PROCESS, leg="", event__in=_END_EVENTS, at__gt=now - SPAN)
    for end in ends.select_related("instance").order_by("at", "pk"):
        results = find_steps(_UNSCOPED).filter(instance=end.instance_id, leg="", event__in=_RESULT_EVENTS)
        last = results.order_by("-number").first()
        evidence = last.evidence if last else {}
        yield EndedProcess(
            end.instance, end.at, _RESULTS.get(str(evidence.get("outcome") or evidence.get("ground") or ""))
        )


def record_outcomes(now: datetime) -> int:
    """Record the outcome of ended processes on their reports; return how many reports were changed."""
    changed = 0
    for ended in find_ended(now):
        if ended.outcome is not None:
            rows = _UNSCOPED.rows(Report).filter(process=ended.instance.ref)
            changed += rows.exclude(outcome=ended.outcome).update(outcome=ended.outcome)
    return changed


def find_records(owner: int, reporters: Iterable[str]) -> dict[str, ReporterRecord]:
    """Return what became of past reports of reporters to an organisation (primary key); newcomers are left out.

    A process counts once for a reporter, however often they reported the same thing.
    """
    rows = _UNSCOPED.rows(Report).filter(owner=owner, reporter__in=in_list(sorted(set(reporters)), "text"))
    counts = (
        rows.exclude(outcome="")
        .order_by()
        .values("reporter")
        .annotate(
            verified=Count("process", distinct=True),
            true=Count("process", distinct=True, filter=Q(outcome=ReportOutcome.CONFIRMED)),
        )
    )
    return {row["reporter"]: ReporterRecord(row["verified"], row["true"]) for row in counts}


class Witnesses:
    """Who reported each thing: the greatest weight of each network, since those of one network may be one person."""

    def __init__(self, reports: Iterable[tuple[str, str, str, str]], records: dict[str, ReporterRecord]) -> None:
        """Take rows of kind, value, network and reporter."""
        self._weights: dict[tuple[str, str], dict[str, float]] = {}
        for kind, value, block, reporter in reports:
            blocks = self._weights.setdefault((kind, value), {})
            blocks[block] = max(blocks.get(block, 0.0), records.get(reporter, NEWCOMER).weight)

    def count(self, thing: tuple[str, str]) -> int:
        """Return how many networks reported a thing."""
        return len(self._weights.get(thing, {}))

    def weight(self, thing: tuple[str, str]) -> float:
        """Return the sum of the weights of the networks that reported a thing."""
        return sum(self._weights.get(thing, {}).values())

    def are_several(self, thing: tuple[str, str]) -> bool:
        """Return whether a thing counts as reported by several: two networks at least, that weigh enough together."""
        return self.count(thing) >= SEVERAL and self.weight(thing) >= SEVERAL_WEIGHT

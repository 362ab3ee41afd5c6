"""What a bulletin measures: each measure is a share of cases, with its formula, its direction and its pair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from fanzha.base.words import Words

#: Below this many cases nobody is ranked, and no rate is compared.
LEAST_CASES = 30


class CaseKind(StrEnum):
    """Kind of a case behind the figures."""

    REPORT = "report"  # a report of the public that was passed to the company
    ORDER = "order"  # an order that the company carries out
    LIMIT = "limit"  # a limit that the company decided on
    APPEAL = "appeal"  # an appeal against a limit of the company that was decided
    WARNING = "warning"  # a possible victim whom the company was to reach


class CaseFacts(NamedTuple):
    """One case: whose it is (primary key), what it is on the platform, and what became of it; see `BulletinCase`."""

    organization: int
    kind: CaseKind
    process: str
    leg: str
    began_at: datetime
    is_checked: bool = False
    is_true: bool = False
    is_handled: bool = False
    is_due: bool = False
    is_in_time: bool = False
    is_reversed: bool = False


class Direction(StrEnum):
    """Whether a high or a low share is good; with neither nobody is ranked."""

    HIGH = "high"
    LOW = "low"
    NEITHER = "neither"


class BulletinMeasure(NamedTuple):
    """A share: of the cases of a kind with the flag `whole` ("" for all), those with the flag `part`."""

    name: str
    kind: CaseKind
    part: str
    whole: str
    direction: Direction
    title: Words
    formula: Words


MEASURES = {
    measure.name: measure
    for measure in (
        BulletinMeasure(
            "false_limits",
            CaseKind.LIMIT,
            "is_reversed",
            "",
            Direction.LOW,
            Words("误处置率", "False disposals"),
            Words(
                "当月采取的限制措施中，截至统计时点已认定处置错误的所占比例",
                "of the limits set in the month, those found wrong by the date of the figures",
            ),
        ),
        BulletinMeasure(
            "appeals_upheld",
            CaseKind.APPEAL,
            "is_reversed",
            "",
            Direction.NEITHER,
            Words("申诉成立率", "Appeals upheld"),
            Words(
                "当月审结的申诉中，认定成立的所占比例", "of the appeals decided in the month, those that were upheld"
            ),
        ),
        BulletinMeasure(
            "verified",
            CaseKind.REPORT,
            "is_true",
            "is_checked",
            Direction.NEITHER,
            Words("核查属实率", "Confirmed after a check"),
            Words(
                "当月转办的举报中，已核查的举报经核查属实的所占比例",
                "of the reports passed on in the month and checked, those found true",
            ),
        ),
        BulletinMeasure(
            "handled",
            CaseKind.REPORT,
            "is_handled",
            "",
            Direction.HIGH,
            Words("举报办结率", "Reports handled"),
            Words(
                "当月转办的举报中，已处置或查明不属实的所占比例",
                "of the reports passed on in the month, those acted on or found untrue",
            ),
        ),
        BulletinMeasure(
            "handled_in_time",
            CaseKind.REPORT,
            "is_in_time",
            "is_due",
            Direction.HIGH,
            Words("举报按时办结率", "Reports handled in time"),
            Words(
                "当月转办且已办结或已到时限的举报中，各环节均未超时的所占比例",
                "of the reports passed on in the month that were handled or are past their time, those in time",
            ),
        ),
        BulletinMeasure(
            "reopened",
            CaseKind.REPORT,
            "is_reversed",
            "is_handled",
            Direction.LOW,
            Words("举报重办率", "Reports opened again"),
            Words(
                "当月转办且已办结的举报中，被退回重新核查的所占比例",
                "of the reports passed on in the month and handled, those that had to be checked again",
            ),
        ),
        BulletinMeasure(
            "orders_in_time",
            CaseKind.ORDER,
            "is_in_time",
            "is_due",
            Direction.HIGH,
            Words("指令按时执行率", "Orders carried out in time"),
            Words(
                "当月下达且已执行或已到时限的处置指令中，各环节均未超时的所占比例",
                "of the orders given in the month that were carried out or are past their time, those in time",
            ),
        ),
        BulletinMeasure(
            "warned",
            CaseKind.WARNING,
            "is_handled",
            "",
            Direction.HIGH,
            Words("预警联系到本人的比例", "Possible victims reached"),
            Words(
                "当月发起的预警劝阻中，已联系到本人的所占比例",
                "of the warnings begun in the month, those whose person was reached",
            ),
        ),
    )
}


class Count(NamedTuple):
    """A part of a whole, in cases."""

    part: int
    whole: int


#: Counts by company (primary key; None for all together) and measure.
Counts = dict[tuple[int | None, str], Count]


def count_measures(cases: Iterable[CaseFacts]) -> Counts:
    """Return every measure of each company that has a case, and of all together."""
    found: defaultdict[tuple[int | None, str], list[int]] = defaultdict(lambda: [0, 0])
    by_kind: defaultdict[CaseKind, list[BulletinMeasure]] = defaultdict(list)
    for measure in MEASURES.values():
        by_kind[measure.kind].append(measure)
    organizations: set[int | None] = {None}
    for case in cases:
        organizations.add(case.organization)
        for measure in by_kind[case.kind]:
            if measure.whole and not getattr(case, measure.whole):
                continue
            has_part = int(getattr(case, measure.part))
            for key in (case.organization, None):
                count = found[key, measure.name]
                count[0] += has_part
                count[1] += 1
    return {
        (organization, name): Count(*found.get((organization, name), (0, 0)))
        for organization in organizations
        for name in MEASURES
    }

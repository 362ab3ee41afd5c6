"""The order in which reports compete for a limited number of new processes, and the shares of each hour.

A flood is shed by what it is, not by when it comes. Each report has a turn: its place among the reports of its network,
plus the doublings of its place in the wider network and among reports that look alike. Places are given by merit:
evidence of its own, the record of the reporter, and proof of work. Chance decides between equals. Each hour has a
reserve for reports with money paid, for networks seen before and for new networks, so that none shuts out another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from fanzha.command.reports.models import Report

#: Each group of reporters has this part of the hour for itself; the rest is open to all.
RESERVE = 4
#: What evidence from outside the report counts: findings, or other reporters.
OUTSIDE_EVIDENCE = 2
#: Half of the room of each group is for reports with evidence from outside, or with so many bits of work more than a
#: page must have.
EXTRA_BITS = 4


class ReporterGroup(StrEnum):
    """Who reports, as far as the reserves of an hour go."""

    SEEN = "seen"  # from a network whose reports were settled on an earlier day
    PAID = "paid"  # from a new network, and money was paid
    NEW = "new"


class Merit(NamedTuple):
    """A report, its evidence and reporter weight, and the key of the reports that look like it."""

    report: Report
    evidence: int = 0
    weight: float = 0.0
    crowd: str = ""

    def is_backed(self, work_bits: int) -> bool:
        """Return whether the report has outside evidence, or more proof of work than the page requires."""
        return self.evidence >= OUTSIDE_EVIDENCE or self.report.work >= work_bits + EXTRA_BITS

    @property
    def rank(self) -> tuple[float, ...]:
        """Return the sort key, the best first; a claim that money was paid is easily made, so it counts little."""
        report = self.report
        return (
            -2 * self.evidence - (report.grade == "paid"),
            -round(self.weight, 1),
            -report.work,
            not report.is_worked,
        )


@dataclass
class OpenedCounts:
    """What was opened lately: by network, wider network and likeness within a day, by group within an hour.

    `plain_of_group` counts those of a group for which nothing more speaks (`Merit.is_backed`).
    """

    of_block: Counter[str] = field(default_factory=Counter)
    of_wide_block: Counter[str] = field(default_factory=Counter)
    of_crowd: Counter[str] = field(default_factory=Counter)
    of_group: Counter[ReporterGroup] = field(default_factory=Counter)
    plain_of_group: Counter[ReporterGroup] = field(default_factory=Counter)
    seen_blocks: frozenset[str] = frozenset()

    def group_of(self, block: str, grade: str) -> ReporterGroup:
        """Return the group of a report by its network and grade."""
        if block in self.seen_blocks:
            return ReporterGroup.SEEN
        return ReporterGroup.PAID if grade == "paid" else ReporterGroup.NEW

    def has_room(self, group: ReporterGroup, limit: int, *, is_backed: bool) -> bool:
        """Return whether one more of a group may be opened within an hour of `limit`."""
        reserve = limit // RESERVE
        plain_room = (limit - reserve * (len(ReporterGroup) - 1) + 1) // 2
        if not is_backed and self.plain_of_group[group] >= plain_room:
            return False
        beyond = sum(max(0, self.of_group[other] - reserve) for other in ReporterGroup)
        return self.of_group[group] < reserve or beyond < limit - reserve * len(ReporterGroup)

    def count(self, merit: Merit, work_bits: int) -> None:
        """Count a report that was opened now."""
        report = merit.report
        self.of_block[report.block] += 1
        self.of_wide_block[report.wide_block] += 1
        self.of_crowd[merit.crowd] += 1
        group = self.group_of(report.block, report.grade)
        self.of_group[group] += 1
        self.plain_of_group[group] += not merit.is_backed(work_bits)


def order_reports(merits: Iterable[Merit], opened: OpenedCounts) -> list[Merit]:
    """Return reports in the order in which they compete; the turns go on from what was `opened` before."""
    blocks, wide_blocks = Counter(opened.of_block), Counter(opened.of_wide_block)
    crowds = Counter(opened.of_crowd)
    ranked = []
    for merit in sorted(merits, key=lambda merit: (merit.rank, merit.report.receipt)):
        report = merit.report
        blocks[report.block] += 1
        wide_blocks[report.wide_block] += 1
        crowds[merit.crowd] += 1
        turn = blocks[report.block] + _doublings(wide_blocks[report.wide_block]) + _doublings(crowds[merit.crowd])
        ranked.append((turn, merit.rank, report.receipt, merit))
    return [entry[-1] for entry in sorted(ranked, key=lambda entry: entry[:3])]


def crowd_keys(reports: Sequence[Any], text_groups: Sequence[int]) -> list[str]:
    """Return for each report what it shares with those that look alike: nearly the same text, else the like of value.

    `reports` are reports, or rows with the same columns. `text_groups` numbers the groups of nearly the same texts; the
    first text of a group names it. What was opened before comes first, so that runs agree.
    """
    names: dict[int, str] = {}
    for report, group in zip(reports, text_groups, strict=True):
        if report.text:
            names.setdefault(group, report.text_key)
    return [
        crowd_key(names[group] if report.text else "", report.category, report.subject_kind, report.value)
        for report, group in zip(reports, text_groups, strict=True)
    ]


def crowd_key(text_key: str, category: str, kind: str, value: str) -> str:
    """Return what reports without a text share: category and the beginning of a number, or the end of a host."""
    if text_key:
        return f"text:{text_key}"
    like = ".".join(value.split(".")[-2:]) if kind == "website" else value[:7]
    return f"{category}:{like}"


def _doublings(place: int) -> int:
    """Return how often a place has doubled: 0 for the first, 1 from the second, 2 from the fourth."""
    return place.bit_length() - 1

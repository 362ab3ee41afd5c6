"""Harm budgets: how many subjects a rule may act on in an hour, and the record of a rule that exceeds its budget."""

import msgspec

from fanzha.base.clock import iso
from fanzha.base.words import Words


class Budget(msgspec.Struct, frozen=True):
    """Limits of one rule per clock hour (UTC); None means no limit."""

    subjects_an_hour: int | None = None
    #: 0–1: findings on one trunk ÷ calls of that trunk; the first finding is always allowed.
    share_of_trunk: float | None = None


class Overrun(msgspec.Struct):
    """A rule exceeded its budget and only reports for the rest of the hour, on one trunk or everywhere."""

    rule: str
    hour: int  # start of the hour, UTC ms
    trunk: str  # "" = everywhere
    at: int  # time of the finding that exceeded the budget, UTC ms
    limit: float  # in subjects, or in calls of the trunk
    withheld: int = 0  # findings reduced to reports

    def words(self) -> Words:
        """Return the overrun as one line of a report."""
        of = self._of()
        return Words(
            f"规则 {self.rule} 于 {iso(self.at)} 超出每小时 {of.zh}的预算，该小时其余 {self.withheld:,} 条线索仅报告",
            f"rule {self.rule} went over its budget of {of.en} an hour at {iso(self.at)}: "
            f"{self.withheld:,} findings of the rest of that hour only report",
        )

    def why(self) -> Words:
        """Return the reason that is added to a withheld finding."""
        of = self._of()
        return Words(
            f"仅报告：规则已超出每小时 {of.zh}的处置预算",
            f"report only: the rule is over its budget of {of.en} an hour",
        )

    def _of(self) -> Words:
        if not self.trunk:
            return Words(f"{self.limit:,.0f} 个对象", f"{self.limit:,.0f} subjects")
        return Words(f"中继 {self.trunk} 的 {self.limit:,.4g} 次呼叫", f"{self.limit:,.4g} calls of trunk {self.trunk}")

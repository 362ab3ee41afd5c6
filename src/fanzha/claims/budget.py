"""The most harm a rule may do in an hour, and the account of a rule that went over it."""

import msgspec

from fanzha.base.clock import iso
from fanzha.base.words import Words


class Budget(msgspec.Struct, frozen=True):
    """The most that one rule may do in one clock hour (UTC); None is no limit."""

    subjects_an_hour: int | None = None
    share_of_trunk: float | None = (
        None  # 0–1: findings that came by one trunk ÷ calls of that trunk; one is always free
    )


class Overrun(msgspec.Struct):
    """A rule was over budget for the rest of an hour: everywhere, or on one trunk."""

    rule: str
    hour: int  # UTC ms, its beginning
    trunk: str  # "" = everywhere
    at: int  # UTC ms, the finding that went over
    limit: float  # subjects, or calls of the trunk
    withheld: int = 0  # findings that only reported because of it

    def words(self) -> Words:
        """Return the fact as a line of an account."""
        of = self._of()
        return Words(
            f"规则 {self.rule} 于 {iso(self.at)} 超出每小时 {of.zh}的预算，该小时其余 {self.withheld:,} 条线索仅报告",
            f"rule {self.rule} went over its budget of {of.en} an hour at {iso(self.at)}: "
            f"{self.withheld:,} findings of the rest of that hour only report",
        )

    def why(self) -> Words:
        """Return the reason of a finding that only reports because of it."""
        of = self._of()
        return Words(
            f"仅报告：规则已超出每小时 {of.zh}的处置预算",
            f"report only: the rule is over its budget of {of.en} an hour",
        )

    def _of(self) -> Words:
        if not self.trunk:
            return Words(f"{self.limit:,.0f} 个对象", f"{self.limit:,.0f} subjects")
        return Words(f"中继 {self.trunk} 的 {self.limit:,.4g} 次呼叫", f"{self.limit:,.4g} calls of trunk {self.trunk}")

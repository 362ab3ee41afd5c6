"""The result of a replay as written to replay.json; shares have Wilson intervals, rates exact Poisson ones."""

from enum import StrEnum

import msgspec

from fanzha.analyze.alarm_rate import AlarmRate
from fanzha.analyze.backtest.metrics import Proportion
from fanzha.analyze.replay.cases import CaseReject
from fanzha.analyze.summary import Summary
from fanzha.base.words import Words


class Outcome(StrEnum):
    """The outcome of one case."""

    FOUND = "found"  # before the first loss: the suspect named, or the victim warned
    TRUNK_ONLY = "trunk_only"  # before it, only the trunk of the suspect's calls was named
    SAME_DAY = "same_day"  # on the day of the loss, whose time of day is not known
    LATE = "late"  # only after the first loss
    MISSED = "missed"
    NOT_COVERED = "not_covered"  # the records could not show it


class Gap(StrEnum):
    """Why the records could not show a case."""

    BEFORE_RECORDS = "before_records"
    AFTER_RECORDS = "after_records"
    NO_TRAFFIC = "no_traffic"


OUTCOME_TITLES = {
    Outcome.FOUND: Words("首笔损失前发现", "found before the first loss"),
    Outcome.TRUNK_ONLY: Words("损失前只指认中继", "only the trunk named before the loss"),
    Outcome.SAME_DAY: Words("损失当日发现，先后不明", "found on the day of the loss, order unknown"),
    Outcome.LATE: Words("损失后才发现", "found after the loss"),
    Outcome.MISSED: Words("未发现", "not found"),
    Outcome.NOT_COVERED: Words("记录未覆盖", "not covered by the records"),
}

GAP_WORDS = {
    Gap.BEFORE_RECORDS: Words("首笔损失早于记录", "the first loss was before the records begin"),
    Gap.AFTER_RECORDS: Words("记录在首笔损失前已结束", "the records end before the first loss"),
    Gap.NO_TRAFFIC: Words(
        "损失前的记录中没有该案的号码或账号", "no number or account of the case occurs in the records before the loss"
    ),
}


class LeadTimes(msgspec.Struct, frozen=True):
    """How long before the first loss the cases were found: quartiles in hours; null without cases."""

    cases: int
    lower_quartile_hours: float | None = None
    median_hours: float | None = None
    upper_quartile_hours: float | None = None

    def words(self) -> Words:
        """Return the median and the quartiles in hours or days."""
        hours = (self.median_hours, self.lower_quartile_hours, self.upper_quartile_hours)
        if None in hours:
            return Words("–", "–")
        median, low, high = (float(value or 0) for value in hours)
        if max(median, high) < 48:
            return Words(f"{median:.1f} 小时（{low:.1f}–{high:.1f}）", f"{median:.1f} h ({low:.1f}–{high:.1f})")
        days = [value / 24 for value in (median, low, high)]
        return Words(
            f"{days[0]:.1f} 天（{days[1]:.1f}–{days[2]:.1f}）", f"{days[0]:.1f} days ({days[1]:.1f}–{days[2]:.1f})"
        )


class FoundShare(msgspec.Struct, frozen=True):
    """Covered cases found before the first loss, and how long before."""

    found: Proportion
    lead: LeadTimes


class RuleShare(msgspec.Struct, frozen=True, kw_only=True):
    """Cases found by one rule, cases that no other rule found, and other subjects hit, by maturity."""

    rule: str
    title: Words
    found: FoundShare
    found_live: FoundShare  # by live findings
    alone: int
    by_way: dict[str, int]  # suspect, equipment, call, victim
    others: dict[str, AlarmRate]  # maturity -> subjects a day that are of no case


class FraudTypeShare(msgspec.Struct, frozen=True):
    """The cases of one fraud type as the table names it."""

    fraud_type: str
    found: Proportion


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
    """One case and what was found of it; times are UTC ms, the earliest finding before the loss comes first."""

    number: str
    rows: tuple[int, ...]
    fraud_type: str
    amount: float | None
    loss_from: int
    loss_until: int
    outcome: Outcome
    gap: Gap | None = None
    maturity: str = ""  # of the most mature finding before the loss
    way: str = ""  # of the earliest finding
    rule: str = ""
    found_at: int | None = None
    lead_ms: int | None = None
    rules: tuple[str, ...] = ()  # every rule that found it before the loss


class ReplayResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one replay; shares are of the covered cases."""

    input: Summary
    case_rows: int
    rejected: list[CaseReject]
    cases: int
    covered: int
    outcomes: dict[str, int]
    gaps: dict[str, int]
    together: FoundShare  # by findings of any maturity
    by_maturity: dict[str, FoundShare]  # by the most mature finding before the loss
    by_way: dict[str, int]  # cases by how they were found; a case counts under each way
    rules: list[RuleShare]
    fraud_types: list[FraudTypeShare]
    accused: dict[str, AlarmRate]  # maturity -> others named as suspects
    warned: dict[str, AlarmRate]  # maturity -> others warned as victims
    amount: float | None  # yuan, of covered cases whose amount is known
    amount_found: float | None
    within_days: float
    views: list[CaseView]
    notices: list[Words]

"""The result of a backtest as written to backtest.json: versions, comparisons, first hits and notices."""

import msgspec

from fanzha.analyze.alarm_rate import AlarmRate
from fanzha.analyze.backtest.decided_cases import CaseReplay
from fanzha.analyze.backtest.metrics import VersionMetrics
from fanzha.analyze.summary import Summary
from fanzha.base.words import Words
from fanzha.claims.budget import Budget, Overrun


class HourlyHits(msgspec.Struct, frozen=True):
    """One clock hour (start in UTC ms): distinct subjects hit, and those that would have been acted on."""

    begins: int
    subjects: int
    acted: int


class VersionResult(msgspec.Struct, frozen=True, kw_only=True):
    """One rule version over the whole history; times are UTC ms."""

    label: str
    rule: str
    version: int
    title_zh: str
    title_en: str
    file: str
    firings: int  # of the rule's condition, cooldowns included
    hits: int  # firings outside cooldowns
    subjects: int
    simulated: int  # hits on simulated data
    first: int | None
    last: int | None
    budget: Budget
    acted: int  # hits that would have acted if the version had been live
    acted_subjects: int
    report_only: int
    hours: list[HourlyHits]  # hours with a hit
    overruns: list[Overrun]
    fills_until: int | None  # before this moment its windows were not full, so counts may be too low
    full_hits: int = 0  # hits at or after `fills_until`
    alarms: AlarmRate | None = None  # of all hits: one subject on one day each
    full_alarms: AlarmRate | None = None  # of the hits whose windows were full
    judged: VersionMetrics | None = None

    @property
    def busiest(self) -> HourlyHits | None:
        """The hour with the most subjects."""
        return max(self.hours, key=lambda hour: hour.subjects, default=None)


class VersionComparison(msgspec.Struct, frozen=True):
    """Subjects that only one of two versions hits, and that both hit, by role if it is known."""

    rule: str
    a: str
    b: str
    only_a: dict[str, int]
    both: dict[str, int]
    only_b: dict[str, int]


class HitView(msgspec.Struct, frozen=True, kw_only=True):
    """A hit for display; the subject may be masked."""

    label: str
    kind: str
    subject: str
    moment: int
    score: float
    acts: bool
    why_zh: str
    why_en: str
    role: str  # "" without labels
    windows_full: bool = True
    reasons_zh: list[str]
    reasons_en: list[str]
    simulated: bool


class BacktestResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """The result of one backtest."""

    input: Summary
    versions: list[VersionResult]
    comparisons: list[VersionComparison]
    shown: list[HitView]  # the first of each version
    notices: list[Words]
    cases: CaseReplay | None = None  # only if decided cases were given


BLOCKED_TRAFFIC_NOTICE = Words(
    "历史数据的局限：当时已被拦截的呼叫和短信没有后续记录。回测看不到它们本会怎样发展，因此命中与误判都可能偏少。",
    "What history cannot tell: calls and texts that were blocked at the time left no history. How they would have"
    " gone on is not known, so hits and false hits may both be too few.",
)

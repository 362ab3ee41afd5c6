"""The result of `fanzha monitor`: by detector and period, scores with their shift, new words, alarms with intervals."""

import msgspec

from fanzha.base.words import Words
from fanzha.learn.drift import Shift

SHIFT_WORDS: dict[Shift, Words] = {
    Shift.NONE: Words("无明显变化", "no shift"),
    Shift.MODERATE: Words("中等变化", "moderate shift"),
    Shift.LARGE: Words("显著变化", "large shift"),
    Shift.TOO_FEW: Words("数量不足", "too few"),
}


class PeriodScores(msgspec.Struct, frozen=True):
    """The scores of one detector in one period, compared with all periods before it."""

    period: str
    findings: int
    quartiles: list[float]  # lower quartile, median, upper quartile
    tenths: list[int]  # findings with a score in each tenth of 0–1
    index: float | None = None  # population stability index; null in the first period
    chance: float | None = None  # what chance alone exceeds once in twenty
    shift: Shift = Shift.TOO_FEW


class DetectorScores(msgspec.Struct, frozen=True):
    """The scores of one detector by period."""

    detector: str
    periods: list[PeriodScores]


class PeriodAlarms(msgspec.Struct, frozen=True):
    """Alarms of one period, one for each subject, with the rate and its exact 95 % interval."""

    period: str
    alarms: int
    rate: float
    low: float
    high: float


class AlarmSeries(msgspec.Struct, frozen=True):
    """The alarms of a detector, fraud type and brand by period; `ratio` is the last rate by that of all before."""

    detector: str
    fraud_type: str
    brand: str  # whose website is imitated, else empty
    periods: list[PeriodAlarms]
    ratio: float | None = None  # null without earlier alarms
    ratio_low: float | None = None
    ratio_high: float | None = None  # null: not bounded
    rising: bool = False


class WordGrowth(msgspec.Struct, frozen=True):
    """A word of the last period that was rare before: how many flagged texts hold it."""

    word: str
    texts: int
    earlier_texts: int


class DetectorWords(msgspec.Struct, frozen=True):
    """The new words of one detector."""

    detector: str
    texts: int
    earlier_texts: int
    words: list[WordGrowth]


class MonitorResult(msgspec.Struct, frozen=True):
    """The whole result; `rate_unit` says by what alarms are divided: day, or million_judged."""

    version: str
    by: str  # month or week
    periods: list[str]
    period: str  # the last, which is compared with those before it
    findings: int
    simulated: int
    rate_unit: str
    scores: list[DetectorScores]
    words: list[DetectorWords]
    alarms: list[AlarmSeries]
    notices: list[Words] = []

"""Titles of detectors, fraud types and kinds of subjects, and masked subjects, for reports and the terminal."""

from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words
from fanzha.claims.finding import Maturity
from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.detect import all_detectors
from fanzha.kinds import all_kinds


def mask_subject(kind: str, value: str) -> str:
    """Return a masked subject, for any reader of the report."""
    subject_kind = all_kinds().get(kind)
    return subject_kind.mask(value) if subject_kind else mask_numbers(value)


def detector_words(name: str) -> Words:
    """Return a detector's title, or its name if the detector is not installed."""
    detector = all_detectors().get(name)
    return detector.title if detector else Words(name, name)


def fraud_type_words(code: str) -> Words:
    """Return a fraud type's name."""
    return FRAUD_TYPES.get(code, Words(code or "未分类", code or "not classified"))


def kind_words(name: str) -> Words:
    """Return a kind's title."""
    kind = all_kinds().get(name)
    return kind.title if kind else Words(name, name)


MATURITY_NOTES: dict[Maturity, Words] = {
    Maturity.LIVE: Words("规则已正式启用，核查后可以处置。", "The rule is in force: once checked, it may be acted on."),
    Maturity.SHADOW: Words(
        "检测器在试运行，或已超出处置预算：只作参考，不得据以处置。",
        "The detector is on trial or over its budget: for information, nothing may act on it.",
    ),
    Maturity.WINDOWS_NOT_FULL: Words(
        "数据回溯不够，规则所看的时段尚未覆盖：补充更早的记录后重新分析。",
        "The data does not reach as far back as the rule looks: analyse again with earlier records.",
    ),
    Maturity.CLAIMED_ONLY: Words(
        "主叫号码未经证实：只指认呼叫，不指控任何号码、中继或个人。",
        "The caller number is not proven: the call is named; no number, trunk or person is accused.",
    ),
}

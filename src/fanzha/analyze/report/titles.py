"""Titles of detectors, fraud types and kinds of subjects, and masked subjects, for reports and the terminal."""

from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words
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

"""Opinions follow from what was decided, and their precision from how earlier statements held."""

import pytest
from tests.share.shared_items import AT

from fanzha.base.marking import Marking
from fanzha.claims.verdict import Level
from fanzha.share.opinions import OpinionStatus, Precision, form_opinion, precision_of


@pytest.mark.parametrize(
    ("stated", "decided", "agreement", "status"),
    [
        (Level.SUSPECTED, Level.SUSPECTED, "strongly-agree", OpinionStatus.MALICIOUS),
        (Level.SUSPECTED, Level.WATCH, "agree", OpinionStatus.SUSPICIOUS),
        (Level.SUSPECTED, Level.CLEAR, "strongly-disagree", OpinionStatus.NON_MALICIOUS),
        (Level.CLEAR, Level.CLEAR, "strongly-agree", OpinionStatus.NON_MALICIOUS),
    ],
)
def test_agreement_follows_from_both_levels(
    stated: Level, decided: Level, agreement: str, status: OpinionStatus
) -> None:
    opinion = form_opinion("indicator--1", stated, decided, Precision.UNKNOWN, Marking.GREEN, AT)
    assert (opinion.agreement, opinion.status) == (agreement, status)


def test_precision_is_unknown_below_thirty_decisions() -> None:
    assert precision_of(29, 0) is Precision.UNKNOWN
    assert [precision_of(27, 3), precision_of(18, 12), precision_of(3, 27)] == [
        Precision.HIGH,
        Precision.MEDIUM,
        Precision.LOW,
    ]

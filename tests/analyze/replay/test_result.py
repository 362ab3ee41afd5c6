"""Every outcome and gap has its words, and lead times are told in hours or days."""

from fanzha.analyze.replay.result import GAP_WORDS, OUTCOME_TITLES, Gap, LeadTimes, Outcome


def test_every_outcome_and_gap_has_words() -> None:
    assert set(OUTCOME_TITLES) == set(Outcome) and set(GAP_WORDS) == set(Gap)


def test_long_leads_are_told_in_days() -> None:
    assert LeadTimes(3, 24.0, 72.0, 120.0).words().en == "3.0 days (1.0–5.0)"
    assert LeadTimes(3, 1.0, 2.0, 30.0).words().en == "2.0 h (1.0–30.0)"

"""Treatments are ordered from the mildest to the hardest."""

import itertools

import pytest

from fanzha.claims.treatment import TREATMENT_WORDS, TREATMENTS, RuleTreatments, Treatment, stricter


def test_the_harder_of_two_does_not_depend_on_their_order() -> None:
    for one, other in itertools.product(TREATMENTS, repeat=2):
        assert stricter(one, other) is stricter(other, one) is TREATMENTS[max(map(TREATMENTS.index, (one, other)))]


def test_refusal_is_the_hardest_and_every_treatment_has_words_in_both_languages() -> None:
    assert TREATMENTS[0] is Treatment.ALLOW and TREATMENTS[-1] is Treatment.REFUSE
    assert all(words.zh and words.en for words in map(TREATMENT_WORDS.__getitem__, TREATMENTS))


@pytest.mark.parametrize("treatment", Treatment)
def test_what_the_operator_says_counts_in_either_spelling(treatment: Treatment) -> None:
    said = RuleTreatments({"call_centre_burst": treatment})
    assert said.for_rule("call-centre-burst") is said.for_rule("call_centre_burst") is treatment


def test_a_rule_of_which_nothing_is_said_labels() -> None:
    assert RuleTreatments({"other": Treatment.REFUSE}).for_rule("burst") is Treatment.LABEL
    assert RuleTreatments().for_rule("burst") is Treatment.LABEL

"""Treatments are ordered from the mildest to the hardest."""

import itertools

from fanzha.claims.treatment import TREATMENT_WORDS, TREATMENTS, Treatment, harder


def test_the_harder_of_two_does_not_depend_on_their_order() -> None:
    for one, other in itertools.product(TREATMENTS, repeat=2):
        assert harder(one, other) is harder(other, one) is TREATMENTS[max(map(TREATMENTS.index, (one, other)))]


def test_refusal_is_the_hardest_and_every_treatment_has_words_in_both_languages() -> None:
    assert TREATMENTS[0] is Treatment.ALLOW and TREATMENTS[-1] is Treatment.REFUSE
    assert all(words.zh and words.en for words in map(TREATMENT_WORDS.__getitem__, TREATMENTS))

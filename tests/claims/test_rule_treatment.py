"""A rule labels unless the operator says otherwise."""

import pytest

from fanzha.claims.rule_treatment import RuleTreatments
from fanzha.claims.treatment import Treatment


@pytest.mark.parametrize("treatment", Treatment)
def test_what_the_operator_says_counts_in_either_spelling(treatment: Treatment) -> None:
    said = RuleTreatments({"call_centre_burst": treatment})
    assert said.of("call-centre-burst") is said.of("call_centre_burst") is treatment


def test_a_rule_of_which_nothing_is_said_labels() -> None:
    assert RuleTreatments({"other": Treatment.REFUSE}).of("burst") is Treatment.LABEL
    assert RuleTreatments().of("burst") is Treatment.LABEL

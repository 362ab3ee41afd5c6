"""The taxonomy maps every class of every data set to one of its codes."""

import pytest

from fanzha.base.fraud_types import (
    DATA_SET_CLASSES,
    FRAUD_TYPES,
    INNOCENT,
    MADE_UP_KINDS,
    OTHER_LISTS,
    codes_of,
)


def test_every_class_and_every_kind_maps_to_a_code() -> None:
    classes = {code for codes in DATA_SET_CLASSES.values() for code in codes.values()}
    assert classes <= {*FRAUD_TYPES, INNOCENT}
    assert set(MADE_UP_KINDS.values()) <= set(FRAUD_TYPES)


def test_a_kind_stands_under_one_code() -> None:
    assert len(MADE_UP_KINDS) == 50 + 32 + 8


@pytest.mark.parametrize("name", OTHER_LISTS)
def test_lists_of_other_bodies_name_known_codes(name: str) -> None:
    assert set(OTHER_LISTS[name].entries) <= set(FRAUD_TYPES)


def test_the_ten_of_the_ministry_are_ten() -> None:
    assert len(set(OTHER_LISTS["mps-2024"].entries.values())) == 10
    assert len(set(OTHER_LISTS["mps-2025"].entries.values())) == 10


def test_offences_that_are_no_fraud_have_no_code_of_fraud() -> None:
    entries = OTHER_LISTS["GA 240.1-2000"].entries, OTHER_LISTS["ICCS"].entries
    for code in ("fake_document", "escort", "money_mule", "gambling", "extortion"):
        assert not any("诈骗" in list_entries.get(code, "") or "Fraud" in list_entries.get(code, "")
                       for list_entries in entries)  # fmt: skip


def test_classes_that_are_no_fraud_are_left_out_of_the_codes_of_a_data_set() -> None:
    assert "normal" not in codes_of("telecom_fraud_texts_5")
    assert codes_of("telecom_fraud_texts_5")["loan_card"] == "fake_loan"

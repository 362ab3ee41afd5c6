"""Fraud types have stable codes and two names each."""

from fanzha.claims.fraud_type import FRAUD_TYPES, TO_WARN


def test_codes_are_words_that_other_programs_can_carry() -> None:
    assert all(code.isascii() and code.isidentifier() and code == code.lower() for code in FRAUD_TYPES)


def test_no_two_types_share_a_name() -> None:
    assert len({words.zh for words in FRAUD_TYPES.values()}) == len(FRAUD_TYPES)
    assert len({words.en for words in FRAUD_TYPES.values()}) == len(FRAUD_TYPES)


def test_who_is_to_be_warned_has_a_fraud_type_of_his_own() -> None:
    assert set(FRAUD_TYPES) >= TO_WARN == {"victim_at_risk"}

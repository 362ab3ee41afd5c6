"""Values are kept canonical; of a person a keyed hash alone; what may be shown never tells the value."""

import pytest

from fanzha.base.errors import Malformed
from fanzha.command.subjects.canonical import MAX_LENGTH, CanonicalValue, canonicalize, mask_in_text, mask_value
from fanzha.kinds import all_kinds

PAPER = "11010119900101123"  # a made-up resident: area, birthday, number


def resident() -> str:
    """A made-up identity number with its check digit."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return PAPER + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(PAPER, weights, strict=True)) % 11]


@pytest.mark.parametrize(
    ("kind", "written", "canonical"),
    [
        ("phone_number", "+8617000001234", "+8617000001234"),
        ("phone_number", "170 0000 1234", "+8617000001234"),
        ("website", "HTTP://Pay.Example.COM/x", "pay.example.com"),
        ("call", " c-1 ", "c-1"),
    ],
)
def test_a_value_is_kept_as_its_kind_writes_it(kind: str, written: str, canonical: str) -> None:
    assert canonicalize(kind, written) == CanonicalValue(kind, canonical)


def test_of_a_person_only_a_hash_is_kept_and_what_may_be_shown() -> None:
    one = canonicalize("person", resident())
    assert PAPER not in one.value and PAPER not in one.shown and one.shown
    assert canonicalize("person", one.value) == CanonicalValue("person", one.value)  # a pseudonym that came as one


def test_pseudonyms_of_data_sets_are_kept_as_they_are() -> None:
    assert canonicalize("phone_number", "ab" * 16).value == "ab" * 16


@pytest.mark.parametrize("value", ["", "x" * (MAX_LENGTH + 1), "a\0b"])
def test_what_is_no_value_at_all_is_refused(value: str) -> None:
    with pytest.raises(Malformed, match="1 to"):
        canonicalize("call", value)


def test_unknown_kinds_and_malformed_values_are_refused() -> None:
    with pytest.raises(Malformed, match="no kind 'spaceship'"):
        canonicalize("spaceship", "x")
    with pytest.raises(Malformed):
        canonicalize("phone_number", "not a number")


@pytest.mark.parametrize("kind", [*all_kinds(), "sender", "conversation"])
def test_a_pseudonym_is_cut_whatever_its_kind(kind: str) -> None:
    assert mask_value(kind, "ab" * 16) == "abababab…"


def test_what_may_be_shown_stands_for_the_value() -> None:
    assert mask_value("person", "ab" * 16, "1101••••••") == "1101••••••"
    assert mask_value("phone_number", "+8617000001234") != "+8617000001234"
    assert mask_value("sender", "EXAMPLEBANK") == "EX•••"


def test_another_holder_is_another_subject_of_the_same_thing() -> None:
    from tests.command.subjects.factories import AT

    one = canonicalize("phone_number", "+8617000001234")
    assert one.identity() != one.identity(AT) and one.thing == canonicalize("phone_number", "+8617000001234").thing


def test_a_sentence_masks_a_site_as_the_title_beside_it() -> None:
    sentence = "high-pay.example looks like a bank"
    assert mask_in_text(sentence, "website", "high-pay.example") == "h***.example looks like a bank"
    assert mask_in_text(sentence, "website", "") == sentence

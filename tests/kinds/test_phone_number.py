"""A telephone number is understood however it is written, and what is dressed as one is called so."""

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from tests.kinds.numbering.written import written_numbers

from fanzha.base.errors import Malformed
from fanzha.kinds.numbering.terms import NumberReason
from fanzha.kinds.phone_number import (
    HOLDER_SCHEMA,
    KIND,
    HolderPeriod,
    Holders,
    NumberClass,
    Validity,
    classify,
    classify_many,
    normalise_many,
)

CASES = list(csv.DictReader((Path(__file__).parent / "numbering" / "cases.csv").read_text("utf-8").splitlines()))


@pytest.mark.parametrize("case", CASES, ids=[case["written"] for case in CASES])
def test_case_of_the_numbering_plan_is_right(case: dict[str, str]) -> None:
    facts = classify(case["written"])
    assert (facts.number_class, facts.valid) == (case["class"], case["valid"])


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("013800138000", "+8613800138000"),
        ("8613800138000", "+8613800138000"),
        ("+0086 138-0013-8000", "+8613800138000"),
        ("17951 138 0013 8000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("sip:+8613800138000@ims.example;user=phone", "+8613800138000"),
        ("“Anna” <tel:+86-138-0013-8000;phone-context=x>", "+8613800138000"),
        ("010-12345678转801", "+861012345678"),
        ("+44 (0)20 7946 0000", "+442079460000"),
        ("4008123123", "+864008123123"),
        ("95588", "95588"),
        ("0086110", "+86110"),
        ("106980095588", "106980095588"),
    ],
)
def test_every_way_of_writing_a_number_has_one_canonical_form(written: str, canonical: str) -> None:
    assert KIND.normalise(written) == canonical


@pytest.mark.parametrize("written", ["", "+", "abc", "138001380o0", "13800138000 or 110", "1" * 26, "9" * 10_000])
def test_what_is_no_number_at_all_is_malformed(written: str) -> None:
    with pytest.raises(Malformed):
        KIND.normalise(written)


@given(written_numbers())
def test_any_text_is_classified_and_its_canonical_form_is_final(written: str) -> None:
    facts = classify(written)
    assert facts.reason_words.zh and facts.reason_words.en
    assert KIND.mask(facts.canonical)
    assert 0 <= KIND.resembles(written) <= 1
    assert all(fact.words.zh and fact.words.en for fact in KIND.describe(facts.canonical))
    if facts.canonical:
        assert classify(facts.canonical).canonical == facts.canonical
    if facts.e164:
        assert facts.e164 == facts.canonical and facts.e164.startswith("+") and facts.valid is not None
        assert classify(facts.e164).number_class is facts.number_class


@given(written_numbers())
def test_normalise_raises_nothing_but_malformed_and_columns_agree(written: str) -> None:
    try:
        canonical = KIND.normalise(written)
    except Malformed:
        canonical = None
    assert normalise_many(pa.array([written], pa.string())).to_pylist() == [canonical]


def test_the_plan_is_right_where_the_prefix_table_flags_mvno_otherwise() -> None:
    assert [classify(f"170{digit}1234567").mvno for digit in range(10)] == [True] * 10
    assert not classify("13410001234").mvno


@pytest.mark.parametrize(
    ("written", "imitated"),
    [
        ("+8610110", "110"),
        ("010110", "110"),
        ("+86 10 95588", "95588"),
        ("+86 571 12345", "12345"),
        ("0000110", "110"),
        ("0095588", "95588"),
        ("+44 95588", "95588"),
        ("+999 0 110", "110"),
        ("+86 138 95588", "95588"),
        ("0013800138000", "13800138000"),
        ("+1 138 0013 8000", "13800138000"),
        ("+86 10690000000", "10690000000"),
    ],
)
def test_a_disguise_is_seen_through(written: str, imitated: str) -> None:
    facts = classify(written)
    assert (facts.number_class, facts.valid, facts.imitates) == (NumberClass.DISGUISED, Validity.NO, imitated)
    assert facts.e164 is None


@pytest.mark.parametrize("written", ["010-88880110", "+1 202 559 5588", "106980095588", "057196345", "01012345"])
def test_a_number_that_only_ends_like_a_protected_one_is_not_a_disguise(written: str) -> None:
    assert classify(written).number_class is not NumberClass.DISGUISED


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("138001380000", "wrong_length"),
        ("15400000000", "not_in_plan"),
        ("+123", "too_short"),
        ("+86 1", "too_short"),
        ("+999123456", "no_such_country"),
        ("+44 7700 900123", "not_in_country_plan"),
        ("87654321", "area_missing"),
        ("2088881234", "trunk_zero_missing"),
        ("85291234567", "country_code_assumed"),
        ("010 01234567", "local_zero"),
        ("0571 7654321", "unusual_length"),
        ("10086123", "extended_service"),
        ("+1 900 234 5678", "premium_rate"),
    ],
)
def test_the_reason_tells_why(written: str, reason: str) -> None:
    assert classify(written).reason == reason


def test_place_and_operator_come_with_a_remark_on_portability() -> None:
    facts = {fact.name: fact for fact in KIND.describe("+8617012345678")}
    assert (facts["province"].words.en, facts["city"].words.en) == ("Zhejiang", "Hangzhou")
    assert facts["operator"].words.en == "on the network of China Telecom (by allocation; may have been ported)"


def test_service_numbers_say_whose_they_are() -> None:
    facts = {fact.name: fact.words for fact in KIND.describe("95588")}
    assert facts["service"] == ("中国工商银行", "ICBC")


def test_hong_kong_macau_and_taiwan_are_regions_of_their_own() -> None:
    written = ("+85291234567", "+85366123456", "+886912345678")
    assert [classify(number).region for number in written] == ["HK", "MO", "TW"]


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("+8617012345678", "+86 17•• ••4 5678"),
        ("+85291234567", "+852 91•• ••67"),
        ("+861012345678", "+86 10•• ••56 78"),
        ("110", "110"),
        ("10655012345", "10655012345"),
        ("+123", "+1 ••"),
        ("nonsense", "n•••"),
    ],
)
def test_a_mask_hides_the_person_and_not_the_service(value: str, masked: str) -> None:
    assert KIND.mask(value) == masked


def test_a_pseudonym_hangs_on_key_and_purpose() -> None:
    values = {KIND.pseudonym("+8617012345678", key, purpose) for key in (b"a", b"b") for purpose in ("x", "y")}
    assert len(values) == 4
    assert KIND.pseudonym("+8617012345678", b"a", "x") in values


def test_a_full_number_resembles_one_more_than_a_date_does() -> None:
    assert KIND.resembles("+8617012345678") > KIND.resembles("95588") > KIND.resembles("2026-03-01")
    assert KIND.resembles("no number") == 0


@pytest.mark.parametrize("raw", ["ICBC", "95588A", "1380013800O", "ll0", "ＩＣＢＣ", "sip:ICBC@igw.example"])
def test_letters_in_place_of_digits_are_said_to_be_letters(raw: str) -> None:
    facts = classify(raw)
    assert (facts.number_class, facts.reason, facts.canonical) == (NumberClass.INVALID, NumberReason.LETTERS, "")
    assert classify_many(pa.array([raw]))["reason"].to_pylist() == [NumberReason.LETTERS]
    with pytest.raises(Malformed, match="letters"):
        KIND.normalise(raw)


@pytest.mark.parametrize("raw", ["", "anonymous", "Unavailable", "中国工商银行", "A", "a" * 30, "hello@x.example"])
def test_what_stands_for_no_number_or_is_no_caller_is_none(raw: str) -> None:
    assert classify(raw).reason is NumberReason.NOT_A_NUMBER


FIRST = HolderPeriod("+8619100000001", 100, 200)
SECOND = HolderPeriod("+8619100000001", 250, None)
HOLDERS = Holders(pa.Table.from_pylist([SECOND._asdict(), FIRST._asdict()], schema=HOLDER_SCHEMA))


def test_the_holder_is_the_one_of_the_moment() -> None:
    assert HOLDERS.at("+8619100000001", 150) == FIRST
    assert HOLDERS.at("+8619100000001", 250) == SECOND


def test_between_two_holders_and_before_the_first_nobody_is_known() -> None:
    assert [HOLDERS.at("+8619100000001", at) for at in (99, 200, 249)] == [None] * 3
    assert HOLDERS.at("+8619100000002", 150) is None


def test_a_holder_period_says_whether_it_holds() -> None:
    assert [FIRST.holds(at) for at in (99, 100, 199, 200)] == [False, True, True, False]
    assert SECOND.holds(10**15)


def test_columns_give_the_beginning_of_the_holder_period() -> None:
    numbers = pa.array(["+8619100000001", "+8619100000001", "+8619100000002", None])
    assert HOLDERS.holder_from(numbers, np.array([150, 220, 150, 150])).to_pylist() == [100, None, None, None]

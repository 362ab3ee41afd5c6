"""The shipped plan hangs together, text is folded to digits without loss, and one number needs no compiler."""

import inspect
import subprocess
import sys
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.kinds.numbering import plan_rules as rules
from fanzha.kinds.numbering.digits import parse_digits
from fanzha.kinds.numbering.facts import classify, classify_foreign
from fanzha.kinds.numbering.plan import plan, service_names
from fanzha.kinds.numbering.terms import CLASSES, OPERATORS, REASON_WORDS, REASONS, NumberClass, Validity


def test_the_shipped_table_is_small() -> None:
    assert len((files("fanzha.kinds") / "data" / "numbering.npz").read_bytes()) < 400_000


def test_every_code_of_the_table_has_a_meaning() -> None:
    tables = plan().tables
    assert tables.block.max() < len(tables.outcome)
    assert tables.outcome.max() < len(tables.outcomes)
    assert tables.outcomes[:, 0].max() < len(CLASSES)
    assert tables.outcomes[:, 2].max() < len(REASONS)
    assert tables.outcomes[:, 3].max() < len(OPERATORS)
    assert max(tables.area_region.max(), tables.prefix_region.max()) < len(plan().regions)
    assert tables.area.max() < len(tables.area_digits) == len(tables.area_local) == len(tables.area_region)


def test_every_reason_and_place_has_words_in_both_languages() -> None:
    assert set(REASON_WORDS) == set(REASONS)
    assert all(zh and en.isascii() or "ü" in en for zh, en in plan().cities.values() if zh)
    assert all(zh and en for zh, en in plan().countries.values())


def test_every_service_number_known_by_name_is_valid_and_protected() -> None:
    for number in service_names():
        facts = classify(number)
        assert facts.number_class in (NumberClass.SERVICE, NumberClass.EMERGENCY), number
        assert facts.valid is Validity.YES
        assert classify(f"+86{number}").imitates == number


@pytest.mark.parametrize("code", sorted({row[2] for row in plan().regions if row[2]}))
def test_every_area_code_has_local_numbers(code: str) -> None:
    facts = [classify(f"{code}6{'5' * more}") for more in (6, 7)]
    assert {fact.number_class for fact in facts} == {NumberClass.FIXED}
    assert {fact.valid for fact in facts} <= {Validity.YES, Validity.UNKNOWN}
    assert all(fact.province and fact.city for fact in facts)


def test_the_list_of_rules_to_compile_is_complete() -> None:
    functions = inspect.getmembers(rules, inspect.isfunction)
    assert set(rules.RULE_NAMES) == {name for name, value in functions if value.__module__ == rules.__name__}


@given(st.text("0123456789", min_size=1, max_size=30))
def test_digits_survive_full_width_and_separators(digits: str) -> None:
    wide = "".join(chr(ord(digit) - ord("0") + ord("０")) for digit in digits)
    spaced = " - ".join(digits)
    for written in (digits, wide, spaced, f"({digits})", f"tel:{digits}"):
        folded = parse_digits(written)
        assert folded is not None and folded.text == digits and not folded.plus
        with_plus = parse_digits("＋" + written) if written != f"tel:{digits}" else parse_digits(f"tel:+{digits}")
        assert with_plus is not None and with_plus.text == digits and with_plus.plus


@pytest.mark.parametrize("written", ["", "+", "12+34", "1a2", "1" * 201, "sip:anna@example", "\0", "一二三"])
def test_other_text_folds_to_nothing(written: str) -> None:
    assert parse_digits(written) is None


def test_digits_of_another_country_are_looked_up_there() -> None:
    assert classify_foreign("85291234567", assumed=False).valid is Validity.YES
    assert classify_foreign("85291234567", assumed=True).valid is Validity.UNKNOWN


def test_one_number_needs_no_compiler() -> None:
    code = (
        "import sys; from fanzha.kinds.phone_number import classify; classify('110'); assert 'numba' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

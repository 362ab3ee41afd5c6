"""An identity number tells what it can, warns where the table ends, and is never shown."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.errors import Malformed
from fanzha.kinds._check_digits import identity_digit
from fanzha.kinds.person import KIND, read_identity

EXAMPLE = "11010519491231002X"  # the example of GB 11643


def number(area: str, birth: str, order: str = "002") -> str:
    first = area + birth + order
    return first + identity_digit(first)


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        (EXAMPLE, f"resident:{EXAMPLE}"),
        ("110105 19491231 002x", f"resident:{EXAMPLE}"),
        ("110105491231002", f"resident:{EXAMPLE}"),
        ("居民身份证：" + EXAMPLE, f"resident:{EXAMPLE}"),
        ("810000199408230021", "residence_permit:810000199408230021"),
        (number("911124", "19810803"), "permanent_residence:" + number("911124", "19810803")),
        ("H12345678", "home_return_permit:H12345678"),
        ("E12345678", "passport:E12345678"),
        ("taiwan_permit:12345678", "taiwan_permit:12345678"),
    ],
)
def test_papers_are_read(raw: str, canonical: str) -> None:
    assert KIND.normalise(raw) == canonical


@pytest.mark.parametrize(
    "raw", ["", "12345678", "1101051949123100", "library card:1", "护照:12", "X" * 18, "passport:" + EXAMPLE]
)
def test_other_text_is_malformed(raw: str) -> None:
    with pytest.raises(Malformed):
        KIND.normalise(raw)


def test_the_digits_tell_birth_sex_and_place() -> None:
    reading = read_identity(EXAMPLE)
    assert reading.sound and reading.birth == date(1949, 12, 31) and not reading.male
    assert (reading.area_name, reading.warnings) == ("北京市朝阳区", ())


@pytest.mark.parametrize("area", ["330113", "999999", "101010", "659013", "110299"])
def test_a_new_or_unknown_area_is_a_remark_and_never_an_error(area: str) -> None:
    value = number(area, "19900101")
    assert read_identity(value).sound
    assert KIND.normalise(value).endswith(value)
    assert KIND.resembles(value) > 0.9


def test_an_area_not_in_force_in_the_year_of_birth_is_a_remark() -> None:
    early, later = read_identity(number("330113", "19900101")), read_identity(number("330113", "20220101"))
    assert [remark.en for remark in early.warnings] == ["the area code was not in force in the year of birth"]
    assert later.warnings == ()
    assert [remark.zh for remark in read_identity(number("101010", "19900101")).warnings] == [
        "地区代码不在表中，可能是新设地区"
    ]


def test_a_number_keeps_its_abolished_area() -> None:
    assert read_identity(number("110103", "19850101")).area_name == "北京市崇文区"


@pytest.mark.parametrize("birth", ["19900230", "19901301", "00000101", "20230229"])
def test_a_day_that_does_not_exist_is_seen(birth: str) -> None:
    assert read_identity(number("110105", birth)).birth is None


def test_a_birth_after_the_day_asked_about_is_none() -> None:
    value = number("110105", "20300101")
    assert read_identity(value).birth == date(2030, 1, 1)
    assert read_identity(value, as_of=date(2026, 1, 1)).birth is None
    assert [remark.en for remark in read_identity(number("110101", "18900101")).warnings] == ["born before 1900"]


def test_a_wrong_check_digit_is_told_and_not_refused() -> None:
    value = KIND.normalise(EXAMPLE[:-1] + "1")
    assert {fact.name: fact.value for fact in KIND.describe(value)}["check_digit"] is False
    assert KIND.resembles(EXAMPLE) > KIND.resembles(EXAMPLE[:-1] + "1")


@given(st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True))
def test_nothing_shown_contains_more_than_two_digits_of_the_number(value: str) -> None:
    canonical = KIND.normalise(value)
    shown = KIND.mask(canonical) + "".join(str(fact) for fact in KIND.describe(canonical))
    assert value[:6] not in shown and value[10:14] not in shown.replace(value[6:10], "") and value[-4:] not in shown


@given(st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True))
def test_any_digits_are_read_without_an_error(value: str) -> None:
    assert read_identity(value).check_digit == (identity_digit(value[:17]) == value[17])

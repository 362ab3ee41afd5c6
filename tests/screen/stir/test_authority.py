"""What a TNAuthList and claim constraints permit, and that malformed ones are errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.screen.stir.signers import der, number_range, one_number, provider_code

from fanzha.screen.stir.authority import (
    ClaimConstraints,
    NumberAuthority,
    TelephoneNumberRange,
    parse_authority,
    parse_constraints,
)


def test_a_service_provider_code_covers_every_number() -> None:
    authority = parse_authority(der(0x30, provider_code("123A")))
    assert authority.provider_codes == ("123A",) and authority.covers("8617000000001")


@pytest.mark.parametrize(
    ("number", "covered"),
    [
        ("8617000000000", True),
        ("8617000000099", True),
        ("8617000000100", False),
        ("8616999999999", False),
        ("861700000000", False),
        ("86170000000000", False),
        ("8619100012345", True),
        ("8619100012346", False),
        ("", False),
        ("95588", False),
        ("1700000000*", False),
    ],
)
def test_ranges_and_single_numbers_cover_what_they_list(number: str, covered: bool) -> None:
    authority = parse_authority(der(0x30, number_range("8617000000000", 100) + one_number("8619100012345")))
    assert authority.covers(number) is covered


@given(st.integers(10**9, 10**12), st.integers(2, 10**6), st.integers(-5, 10**6 + 5))
def test_a_range_covers_exactly_its_count(start: int, count: int, offset: int) -> None:
    authority = parse_authority(der(0x30, number_range(str(start), count)))
    same_length = len(str(start + offset)) == len(str(start))
    assert authority.covers(str(start + offset)) is (same_length and 0 <= offset < count)


@given(st.binary(max_size=80))
def test_arbitrary_bytes_are_read_or_are_a_value_error(data: bytes) -> None:
    for parse in (parse_authority, parse_constraints):
        for content in (data, der(0x30, data)):
            try:
                parse(content)
            except ValueError:
                continue


@pytest.mark.parametrize(
    "data",
    [
        b"",
        der(0x30, b""),
        der(0x31, provider_code("1")),
        der(0x30, provider_code("123A"))[:-1],
        der(0x30, der(0xA3, der(0x16, b"1"))),
        der(0x30, one_number("12345678901234567")),
        der(0x30, one_number("+8617000000001")),
        der(0x30, number_range("861", 0)),
        der(0x30, der(0xA1, der(0x30, der(0x16, b"861")))),
        b"\x30\x84\xff\xff\xff\xff",
    ],
)
def test_a_malformed_list_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match="."):
        parse_authority(data)


def test_an_authority_contains_what_lies_within_it() -> None:
    outer = NumberAuthority((), (TelephoneNumberRange("8617000000000", 100),))
    assert outer.contains(NumberAuthority((), (TelephoneNumberRange("8617000000010", 90),)))
    assert not outer.contains(NumberAuthority((), (TelephoneNumberRange("8617000000010", 91),)))
    assert not outer.contains(NumberAuthority(("123A",), ()))
    assert NumberAuthority(("123A",), ()).contains(outer)


def test_claim_constraints_are_read_and_hold() -> None:
    names = der(0x30, der(0x16, b"rcd"))
    values = der(0x30, der(0x30, der(0x16, b"attest") + der(0x30, der(0x0C, b"B") + der(0x0C, b"C"))))
    excluded = der(0x30, der(0x16, b"rph"))
    constraints = parse_constraints(der(0x30, der(0xA0, names) + der(0xA1, values) + der(0xA2, excluded)))
    assert constraints == ClaimConstraints(("rcd",), (("attest", ("B", "C")),), ("rph",))
    assert constraints.allow({"attest": "B", "rcd": {}})
    assert not constraints.allow({"attest": "A", "rcd": {}})
    assert not constraints.allow({"attest": "B"})
    assert not constraints.allow({"attest": "B", "rcd": {}, "rph": {}})

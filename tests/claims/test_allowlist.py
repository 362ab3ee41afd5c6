"""A number is spared only where its origin proves it: whoever claims it elsewhere gains nothing."""

from hypothesis import given
from hypothesis import strategies as st

from fanzha.claims.allowlist import Allowlist, AllowlistEntry, OriginKind, Trigger, explain_exemption

HOSPITAL = AllowlistEntry("+8657187770000", OriginKind.TRUNK, "LL-07", "a made-up hospital", "contract 7")
COURIER = AllowlistEntry("+8617000000001", OriginKind.INGRESS, "mobile", "a made-up courier", "licence 9", until=2_000)
SPARED = Allowlist([HOSPITAL, COURIER])


def test_the_claimed_number_is_spared_on_the_trunk_that_proves_it() -> None:
    assert SPARED.entry(Trigger(HOSPITAL.number, trunk="LL-07"), 1) == HOSPITAL


def test_the_claimed_number_may_be_written_as_the_network_likes_but_not_disguised() -> None:
    written = ("057187770000", "0571-87770000", "+86 571 87770000", "+057187770000")
    assert [SPARED.entry(Trigger(number, trunk="LL-07"), 1) == HOSPITAL for number in written] == [
        True,
        True,
        True,
        False,
    ]


def test_the_same_number_from_anywhere_else_is_not() -> None:
    assert SPARED.entry(Trigger(HOSPITAL.number, trunk="IGW-01", ingress="international_gateway"), 1) is None
    assert SPARED.entry(Trigger(HOSPITAL.number), 1) is None


def test_an_ingress_spares_only_a_proven_number() -> None:
    assert SPARED.entry(Trigger(COURIER.number, COURIER.number, ingress="mobile"), 1) == COURIER
    assert SPARED.entry(Trigger(COURIER.number, None, ingress="mobile"), 1) is None


def test_an_entry_ends_with_its_last_moment_and_a_later_one_of_the_same_number_goes_on() -> None:
    trigger = Trigger(COURIER.number, COURIER.number, ingress="mobile")
    assert SPARED.entry(trigger, 1_999) == COURIER
    assert SPARED.entry(trigger, 2_000) is None
    assert Allowlist([COURIER, COURIER._replace(until=None)]).entry(trigger, 2_000) is not None


@given(st.text("0123456789+", max_size=14), st.text("LIGW-0123456789", max_size=6))
def test_neighbours_of_a_spared_number_are_never_spared(number: str, trunk: str) -> None:
    found = SPARED.entry(Trigger(number, number, trunk), 1)
    assert (found == HOSPITAL) == (number == HOSPITAL.number and trunk == HOSPITAL.origin)


def test_the_reason_says_whose_number_it_is_where_it_came_in_and_the_proof() -> None:
    words = explain_exemption(HOSPITAL)
    assert all(part in words.en for part in ("a made-up hospital", "trunk LL-07", "contract 7"))
    assert all(part in words.zh for part in ("a made-up hospital", "中继 LL-07", "contract 7"))

"""The registration of a number that began last counts until it ends; their number is bounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.claims.snapshots import AT

from fanzha.detect.gateway.ingress_rules import ROAMING, UNKNOWN
from fanzha.screen.registrations import Registration, RegistrationResult, Registrations

KEY = 8617000000101
PROVEN, DISPROVEN = ROAMING.index("proven"), ROAMING.index("disproven")
DAY = 86_400_000


def abroad(key: int = KEY, country: str = "TH", since: int = AT, until: int = AT + DAY) -> Registration:
    return Registration(key, country, since, until)


def test_a_registration_abroad_proves_and_one_at_home_disproves_until_it_ends() -> None:
    known = Registrations()
    assert known.find(KEY, AT) == UNKNOWN
    assert known.add(abroad(), AT) is RegistrationResult.ADDED
    assert known.find(KEY, AT + DAY - 1) == PROVEN
    assert known.find(KEY, AT + DAY) == UNKNOWN
    known.add(abroad(country="CN", since=AT + 1_000), AT)
    assert known.find(KEY, AT) == DISPROVEN


def test_the_one_that_began_last_counts_in_whatever_order_they_come() -> None:
    known = Registrations()
    known.add(abroad(country="CN", since=AT + 5_000), AT)
    assert known.add(abroad(since=AT), AT) is RegistrationResult.OUTDATED
    assert known.find(KEY, AT) == DISPROVEN
    assert known.add(abroad(country="CN", since=AT + 5_000), AT) is RegistrationResult.KNOWN


def test_a_full_table_refuses_new_numbers_until_others_expire() -> None:
    known = Registrations(most=100)
    for number in range(100):
        known.add(abroad(KEY + number), AT)
    assert known.add(abroad(1), AT) is RegistrationResult.FULL
    assert known.add(abroad(KEY, "FR", AT + 1_000), AT) is RegistrationResult.ADDED  # known numbers still change
    later = AT + 2 * DAY
    assert known.add(abroad(1, since=later, until=later + DAY), later) is RegistrationResult.ADDED
    assert len(known) < 100


def test_expired_registrations_are_removed_as_others_come() -> None:
    known = Registrations()
    for number in range(1_000):
        known.add(abroad(KEY + number), AT)
    later = AT + 2 * DAY
    for number in range(2_000):
        known.add(abroad(KEY + 10_000 + number % 10, "FR", later + 1_000 * number, later + 9 * DAY), later)
    assert len(known) == 10


@pytest.mark.parametrize(
    "wrong",
    [
        abroad(country="th"),
        abroad(country="THA"),
        abroad(country=""),
        abroad(country="éé"),
        abroad(key=0),
        abroad(key=-1),
        abroad(key=1 << 64),
        abroad(until=1 << 60),
        abroad(since=-1),
    ],
)
def test_what_no_registration_can_hold_is_an_error(wrong: Registration) -> None:
    known = Registrations()
    with pytest.raises(ValueError):
        known.add(wrong, AT)
    assert len(known) == 0


@given(
    st.lists(
        st.builds(
            Registration,
            st.integers(1, 10**15),
            st.sampled_from(["CN", "TH", "AA", "ZZ"]),
            st.integers(0, 2**43),
            st.integers(0, 2**43),
        ),
        max_size=30,
    )
)
def test_saved_registrations_are_the_same(registrations: list[Registration]) -> None:
    known, restored = Registrations(), Registrations()
    for registration in registrations:
        known.add(registration, 0)
    restored.restore(known.save())
    assert restored.save() == known.save() and len(restored) == len(known)
    for registration in registrations:
        assert restored.find(registration.key, 0) == known.find(registration.key, 0)


def test_other_data_is_refused() -> None:
    with pytest.raises(ValueError):
        Registrations().restore(b"short")

"""A rule is quiet about a subject for the time it says, exactly, in bounded memory, whatever is saved in between."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.claims.cooldown import Cooldown

Firing = tuple[str, str, int]  # rule, subject, moment

FIRINGS = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["x", "y", "z"]), st.integers(0, 40)), max_size=60
).map(lambda firings: sorted(firings, key=lambda firing: firing[2]))


def told(quiet: Cooldown, firing: Firing, again_after: int = 10) -> bool:
    rule, subject, moment = firing
    return quiet.admit(rule, "phone_number", subject, moment, again_after)


def by_rescan(firings: list[Firing], again_after: int = 10) -> list[bool]:
    """What the reference says, from the list of all firings told so far."""
    kept: list[Firing] = []
    answers = []
    for rule, subject, moment in firings:
        recent = [one for one in kept if one[:2] == (rule, subject) and moment - one[2] < again_after]
        answers.append(not recent)
        if not recent:
            kept.append((rule, subject, moment))
    return answers


@given(FIRINGS)
def test_what_is_told_is_what_a_rescan_of_all_firings_tells(firings: list[Firing]) -> None:
    quiet = Cooldown()
    assert [told(quiet, firing) for firing in firings] == by_rescan(firings)


@given(FIRINGS, st.integers(0, 60))
def test_a_memory_saved_and_restored_anywhere_goes_on_as_if_never_stopped(firings: list[Firing], cut: int) -> None:
    one, other = Cooldown(), Cooldown()
    whole = [told(one, firing) for firing in firings]
    first = [told(other, firing) for firing in firings[:cut]]
    other = Cooldown.restore(other.save())
    assert first + [told(other, firing) for firing in firings[cut:]] == whole
    assert other.save() == one.save()


def test_the_time_is_over_at_exactly_its_end_and_is_not_prolonged_by_what_was_not_told() -> None:
    quiet = Cooldown()
    assert [told(quiet, ("a", "x", moment)) for moment in (0, 5, 9, 10, 11)] == [True, False, False, True, False]


def test_a_rule_without_quiet_time_tells_every_time() -> None:
    quiet = Cooldown()
    assert all(told(quiet, ("a", "x", 7), again_after=0) for _ in range(3))


def test_kinds_with_the_same_value_are_different_subjects() -> None:
    quiet = Cooldown()
    assert quiet.admit("a", "trunk", "x", 0, 10) and quiet.admit("a", "device", "x", 0, 10)


def test_memory_stays_flat_while_subjects_come_and_go() -> None:
    quiet = Cooldown()
    most = 0
    for moment in range(20_000):
        told(quiet, ("a", f"number {moment}", moment), again_after=100)
        most = max(most, len(quiet))
    assert most <= 2 * 100 + 2


@pytest.mark.parametrize("saved", [b"", b"\xc1", b"\x92\x02\x80", b"\x92\x01\x81\xa1a\xc0"])
def test_bytes_of_something_else_are_refused(saved: bytes) -> None:
    with pytest.raises(ValueError):
        Cooldown.restore(saved)

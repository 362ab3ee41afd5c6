"""What was decided is known for half a minute, and never more of it than there is room for."""

from hypothesis import given
from hypothesis import strategies as st
from tests.screen.sip.calls import ALLOW

from fanzha.claims.treatment import Treatment
from fanzha.screen.decision import Decision
from fanzha.screen.sip.retransmissions import RETRANSMISSION_MS, DecisionCache

NOW = 1_772_323_200_000
REFUSE = Decision(Treatment.REFUSE)


def test_what_was_decided_is_found_again() -> None:
    repeats = DecisionCache()
    repeats.store(b"a", REFUSE, NOW)
    assert (repeats.find(b"a"), repeats.find(b"b")) == (REFUSE, None)


@given(st.lists(st.integers(0, 2 * RETRANSMISSION_MS), max_size=40), st.integers(0, RETRANSMISSION_MS - 1))
def test_a_decision_is_known_as_long_as_clients_resend(steps: list[int], later: int) -> None:
    repeats, now = DecisionCache(), NOW
    for number, step in enumerate(steps):
        now += step
        repeats.store(b"%d" % number, ALLOW, now)
    repeats.store(b"asked", REFUSE, now)
    repeats.store(b"other", ALLOW, now + later)
    assert repeats.find(b"asked") == REFUSE


def test_a_decision_is_forgotten_in_time() -> None:
    repeats = DecisionCache()
    repeats.store(b"a", REFUSE, NOW)
    for turn in range(1, 4):
        repeats.store(b"%d" % turn, ALLOW, NOW + turn * RETRANSMISSION_MS)
    assert repeats.find(b"a") is None
    repeats.store(b"late", ALLOW, NOW + 100 * RETRANSMISSION_MS)
    assert len(repeats) == 1


def test_a_flood_grows_no_memory() -> None:
    repeats = DecisionCache(max_decisions=1_000)
    for number in range(20_000):
        repeats.store(b"%d" % number, ALLOW, NOW)
    assert len(repeats) <= 1_000
    assert repeats.find(b"19999") == ALLOW

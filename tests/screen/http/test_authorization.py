"""Keys open what they were made for as often as they were made for; the rest is refused with why and when to return."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.screen.http.authorization import KeyAuthorizer, TokenBucket
from fanzha.screen.http.problem import HttpProblem
from fanzha.screen.metrics import Metrics
from fanzha.store.screen_keys import KeyScope, ScreenKey, ScreenKeyCache, ScreenKeys

NOW, SECOND = 1_772_323_200_000, 1_000_000_000


def made_key(rate: int, burst: int) -> ScreenKey:
    return ScreenKey(
        name="k", digest="0" * 64, scopes=(KeyScope.CALL,), rate=rate, burst=burst, made_at=0, made_by="Lin"
    )


class Opened:
    """A gate, its keys and one key of two a second, five at once."""

    def __init__(self, folder: Path) -> None:
        self.keys, self.metrics = ScreenKeys(folder), Metrics()
        self.text = self.keys.add("k", (KeyScope.CALL,), rate=2, burst=5, at=NOW, by="Lin", until=NOW + 60_000)
        self.gate = KeyAuthorizer(ScreenKeyCache(self.keys), self.metrics)

    def admit(self, header: str, at: int = NOW, now: int = 0, scope: KeyScope = KeyScope.CALL) -> TokenBucket:
        return self.gate.admit(header.encode("latin-1"), scope, at, now)

    def refused(self, header: str, at: int = NOW, now: int = 0, scope: KeyScope = KeyScope.CALL) -> HttpProblem:
        with pytest.raises(HttpProblem) as raised:
            self.admit(header, at, now, scope)
        return raised.value


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    return Opened(tmp_path)


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER   "])
def test_the_scheme_may_be_written_in_any_case(opened: Opened, scheme: str) -> None:
    assert opened.admit(scheme + opened.text).key.name == "k"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "no-key"),
        ("Basic abc", "no-key"),
        ("Bearer", "no-key"),
        ("Bearer ", "unknown-key"),
        ("Bearer x", "unknown-key"),
    ],
)
def test_what_is_no_key_is_told_how_to_ask_and_the_connection_ends(opened: Opened, header: str, code: str) -> None:
    problem = opened.refused(header)
    assert (problem.code, problem.status) == (code, 401)
    assert dict(problem.headers)[b"www-authenticate"].startswith(b"Bearer") and dict(problem.headers)[b"connection"]


def test_a_key_of_another_scope_is_told_which_is_needed(opened: Opened) -> None:
    problem = opened.refused(f"Bearer {opened.text}", scope=KeyScope.METRICS)
    assert problem.status == 403 and "metrics" in problem.detail.en and "读取运行指标" in problem.detail.zh


def test_a_key_asks_its_burst_at_once_and_its_rate_from_then_on(opened: Opened) -> None:
    header = f"Bearer {opened.text}"
    for _ in range(5):
        opened.admit(header)
    problem = opened.refused(header)
    assert problem.status == 429 and dict(problem.headers)[b"retry-after"] == b"1"
    opened.refused(header, now=SECOND // 2 - 1)
    opened.admit(header, now=SECOND // 2)
    opened.refused(header, now=SECOND // 2)


def test_a_batch_counts_by_its_values_and_one_above_the_burst_can_never_pass(opened: Opened) -> None:
    allowance = opened.admit(f"Bearer {opened.text}")
    with pytest.raises(HttpProblem) as raised:
        opened.gate.charge(allowance, 6, 0)
    assert raised.value.code == "too-many" and "5" in raised.value.detail.en
    opened.gate.charge(allowance, 5, 0)
    with pytest.raises(HttpProblem, match="too-fast"):
        opened.gate.charge(allowance, 2, 0)


def test_a_batch_of_one_was_counted_as_it_was_let_in_and_open_routes_count_nothing(opened: Opened) -> None:
    allowance = opened.admit(f"Bearer {opened.text}")
    opened.gate.charge(allowance, 5, 0)
    opened.gate.charge(allowance, 1, 0)
    opened.gate.charge(None, 1_000, 0)


def test_all_ways_to_write_a_key_share_one_allowance(opened: Opened) -> None:
    for spaces in range(1, 6):
        opened.admit("Bearer" + " " * spaces + opened.text)
    assert opened.refused(f"bearer {opened.text}").status == 429


def test_an_ended_or_revoked_key_is_closed_within_a_second(opened: Opened) -> None:
    header = f"Bearer {opened.text}"
    opened.admit(header, at=NOW + 59_000, now=SECOND)
    assert opened.refused(header, at=NOW + 60_000, now=2 * SECOND).code == "unknown-key"
    assert opened.refused(header, at=NOW, now=3 * SECOND).code == "unknown-key", "a clock that steps back opens nothing"


def test_a_revoked_key_is_closed_while_the_gate_runs(opened: Opened) -> None:
    header = f"Bearer {opened.text}"
    opened.admit(header)
    opened.keys.revoke("k", at=NOW, by="Chen")
    assert opened.refused(header, now=SECOND).code == "unknown-key"


@pytest.mark.parametrize("step", [-86_400_000, 30_000])
def test_a_revoked_key_is_closed_whatever_the_wall_clock_does(opened: Opened, step: int) -> None:
    header = f"Bearer {opened.text}"
    opened.admit(header)
    opened.keys.revoke("k", at=NOW, by="Chen")
    assert opened.refused(header, at=NOW + step, now=SECOND).code == "unknown-key"


def test_refusals_are_counted_by_why_and_a_broken_file_is_told(opened: Opened) -> None:
    opened.refused("")
    opened.refused("Bearer x")
    opened.refused(f"Bearer {opened.text}", scope=KeyScope.FEED)
    for _ in range(5):
        opened.admit(f"Bearer {opened.text}")
    opened.refused(f"Bearer {opened.text}")
    counted = {why: opened.metrics.refused_keys.series_for(why).value for why in ("none", "unknown", "scope", "rate")}
    assert counted == {"none": 1, "unknown": 1, "scope": 1, "rate": 1}
    assert opened.metrics.keys_unreadable.series_for().value == 0
    opened.keys.path.write_bytes(b"[")
    opened.admit(f"Bearer {opened.text}", now=9 * SECOND)
    assert opened.metrics.keys_unreadable.series_for().value == 1


@given(
    st.integers(1, 50),
    st.integers(1, 50),
    st.lists(st.tuples(st.integers(0, 10), st.integers(0, 3 * SECOND)), max_size=60),
)
def test_no_key_ever_has_more_than_its_burst_and_its_rate(
    rate: int, burst: int, answers: list[tuple[int, int]]
) -> None:
    allowance, now, given_out = TokenBucket(made_key(rate, burst), 0), 0, 0
    for values, pause in answers:
        now += pause
        given_out += values if allowance.spend(values, now) == 0.0 else 0
        assert given_out <= burst + rate * now / SECOND + 1e-6


@given(st.integers(1, 1_000), st.integers(1, 1_000), st.integers(1, 1_000))
def test_whoever_waits_as_told_is_let_in(rate: int, burst: int, values: int) -> None:
    allowance = TokenBucket(made_key(rate, burst), 0)
    allowance.spend(burst, 0)
    values = min(values, burst)
    wait = allowance.spend(values, 0)
    assert wait > 0 and allowance.spend(values, int(wait * SECOND) + 1_000) == 0.0

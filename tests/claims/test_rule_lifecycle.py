"""A rule text goes its way one step at a time, each step by somebody for a reason; only a full-grown rule may act."""

import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.errors import UsageError
from fanzha.claims.finding import Mode
from fanzha.claims.rule_lifecycle import (
    NEXT_STATES,
    STATE_WORDS,
    RuleState,
    RuleStep,
    advance,
    create_draft,
    resolve_mode,
    sampling_position,
)

KEY = b"a made-up key of thirty-two byte"
WAY = (
    RuleState.DRAFT,
    RuleState.BACKTEST,
    RuleState.WARMING,
    RuleState.SHADOW,
    RuleState.SHARE,
    RuleState.LIVE,
    RuleState.RETIRED,
)


def step(state: RuleState, share: float = 0.0, by: str = "Lin", why: str = "numbers agreed") -> RuleStep:
    return RuleStep(state=state, at=2, by=by, why=why, share=share)


def allowed(step: RuleStep, subject: str = "+8617000000001", *, warm: bool = True) -> Mode:
    return resolve_mode(step, rule="burst", subject_kind="phone_number", subject=subject, key=KEY, warm=warm)


def test_the_whole_way_can_be_gone_step_by_step() -> None:
    last = create_draft(at=1, by="Lin", why="first text")
    for state in WAY[1:]:
        last = advance(last, step(state, 0.1 if state is RuleState.SHARE else 0.0))
    assert last.state is RuleState.RETIRED


@pytest.mark.parametrize(("place", "further"), [(a, b) for a, b in itertools.combinations(range(6), 2) if b > a + 1])
def test_no_state_can_be_skipped(place: int, further: int) -> None:
    with pytest.raises(UsageError, match="it may become"):
        advance(step(WAY[place]), step(WAY[further], 0.5))


@pytest.mark.parametrize(("state", "back"), [(b, a) for a, b in itertools.combinations(WAY[:6], 2)])
def test_every_step_back_is_open_at_any_time(state: RuleState, back: RuleState) -> None:
    assert advance(step(state), step(back, 0.5 if back is RuleState.SHARE else 0.0)).state is back


@pytest.mark.parametrize("state", WAY[:6])
def test_every_rule_can_be_retired_and_then_begins_as_a_draft(state: RuleState) -> None:
    assert advance(step(state), step(RuleState.RETIRED)).state is RuleState.RETIRED
    assert NEXT_STATES[RuleState.RETIRED] == (RuleState.DRAFT,)


@pytest.mark.parametrize("state", WAY)
def test_no_state_follows_itself_but_a_share_with_another_share(state: RuleState) -> None:
    with pytest.raises(UsageError):
        advance(
            step(state, 0.1 if state is RuleState.SHARE else 0.0), step(state, 0.1 if state is RuleState.SHARE else 0.0)
        )
    assert advance(step(RuleState.SHARE, 0.1), step(RuleState.SHARE, 0.2)).share == 0.2


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan"), float("inf")])
def test_a_share_lies_between_nothing_and_all(share: float) -> None:
    with pytest.raises(UsageError, match="--share"):
        advance(step(RuleState.SHADOW), step(RuleState.SHARE, share))


def test_only_a_share_of_traffic_has_a_share() -> None:
    with pytest.raises(UsageError, match="leave --share out"):
        advance(step(RuleState.SHARE, 0.5), step(RuleState.LIVE, 0.5))


@pytest.mark.parametrize(("by", "why"), [("", "why"), ("  ", "why"), ("Lin", ""), ("Lin", "\n")])
def test_nobody_moves_a_rule_without_name_and_reason(by: str, why: str) -> None:
    with pytest.raises(UsageError):
        create_draft(at=1, by=by, why=why)
    with pytest.raises(UsageError):
        advance(step(RuleState.DRAFT), step(RuleState.BACKTEST, by=by, why=why))


@pytest.mark.parametrize("state", WAY)
def test_only_live_rules_act_on_everybody_and_none_acts_before_its_windows_are_full(state: RuleState) -> None:
    assert allowed(step(state)) is (Mode.LIVE if state is RuleState.LIVE else Mode.SHADOW)
    assert allowed(step(state, 1.0), warm=False) is Mode.SHADOW


def test_a_share_acts_on_about_that_share_of_the_subjects() -> None:
    numbers = [f"+86170{n:08}" for n in range(4_000)]
    live = [allowed(step(RuleState.SHARE, 0.25), number) is Mode.LIVE for number in numbers]
    assert 0.22 < sum(live) / len(live) < 0.28
    assert all(allowed(step(RuleState.SHARE, 1.0), number) is Mode.LIVE for number in numbers)
    assert not any(allowed(step(RuleState.SHARE, 0.0), number) is Mode.LIVE for number in numbers)


@given(st.text(), st.floats(0, 1), st.floats(0, 1))
def test_who_is_in_at_a_share_is_in_at_every_larger_one(subject: str, one: float, other: float) -> None:
    low, high = sorted((one, other))
    if allowed(step(RuleState.SHARE, low), subject) is Mode.LIVE:
        assert allowed(step(RuleState.SHARE, high), subject) is Mode.LIVE


def test_rules_kinds_and_keys_draw_different_subjects() -> None:
    drawn = {
        sampling_position(key, rule, kind, "x")
        for key, rule, kind in itertools.product((KEY, b"other"), ("a", "ab"), ("bc", "c"))
    }
    assert len(drawn) == 8


def test_the_draw_never_changes_between_versions_of_the_program() -> None:
    assert sampling_position(KEY, "burst", "phone_number", "+8617000000001") == 0.3187113542624789
    assert msgspec.json.decode(msgspec.json.encode(step(RuleState.SHARE, 0.1)), type=RuleStep) == step(
        RuleState.SHARE, 0.1
    )


def test_every_state_has_a_name_in_both_languages() -> None:
    assert set(STATE_WORDS) == set(RuleState)

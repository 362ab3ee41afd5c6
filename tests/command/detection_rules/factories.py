"""Rule texts in the state folder, as long ago as a test needs them."""

import os
from pathlib import Path
from typing import Any

from django.utils import timezone
from tests.command.people import World

from fanzha.base.clock import to_ms
from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.claims.rule_promotion import DAY_MS, StoredBacktest
from fanzha.command.detection_rules.models import BacktestRun, RuleRequest
from fanzha.command.detection_rules.selectors import RuleTextState, find_rule_text
from fanzha.command.detection_rules.services import WantedStep, take_step
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.store.rule_promotion import promote, store_backtest
from fanzha.store.rule_texts import RuleTexts

RULE = """
rule burst "外呼突增" "outgoing burst"
  law "ATF Art. 11"
  on call_ended
  when count(call_ended by proven_caller, 1h) >= 30
  then find proven_caller as subscriber_fraud score 0.7
  again after 24h
"""
FULL = WantedStep(RuleState.SHARE, "quiet for ten days", 0.1)


def home() -> Path:
    return Path(os.environ["FANZHA_HOME"])


def operate(world: World, name: str = "carrier") -> None:
    """Let an organisation operate the rules of the state folder."""
    with (home() / "fanzha.toml").open("a") as file:
        file.write(f'[promotion]\norganisation = "{world[name].ref}"\n')


def in_shadow(world: World, *, days: float = 10, author: str = "Lin", text: str = RULE, tested: bool = True) -> str:
    """Bring a rule into shadow some days ago, with a stored backtest over eight days; return the digest."""
    operate(world)
    at = to_ms(timezone.now()) - int(days * DAY_MS)
    added = RuleTexts().add("burst", text, at=at, by=author, why="a test").text
    for state in (RuleState.BACKTEST, RuleState.WARMING, RuleState.SHADOW):
        promote("burst", RuleStep(state=state, at=at, by=author, why="a test"))
    if tested:
        store_backtest(stored_backtest(added, at))
    return added


def stored_backtest(text: str, at: int) -> StoredBacktest:
    return StoredBacktest(
        rule="burst",
        text=text,
        at=at,
        first=at - 8 * DAY_MS,
        last=at,
        events=90_000,
        hits=5,
        subjects=4,
        full_hits=3,
        alarms=5,
        alarms_per_million=21.4,
        alarms_low=6.9,
        alarms_high=49.9,
    )


def rule_state(world: World, text: str) -> RuleTextState:
    """Return the text as the carrier's analyst sees it."""
    viewer = world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        found = find_rule_text(viewer, text)
    assert found is not None
    return found


def asked(world: World, text: str, wanted: WantedStep = FULL) -> RuleRequest:
    """Ask for a promotion as the carrier's analyst."""
    request = take_step(rule_state(world, text), wanted, world.viewer("carrier", Role.ANALYST))
    assert request is not None
    return request


def backtest_run(world: World, text: str, **changes: Any) -> BacktestRun:
    """Queue a backtest of the carrier, without a job."""
    values = {"rule": "burst", "text": text, "history": "calls", "touched_at": timezone.now(), **changes}
    person = world.person("carrier", Role.ANALYST)
    return BacktestRun._base_manager.create(owner=world["carrier"], made_by=person, **values)

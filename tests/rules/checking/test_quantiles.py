"""A quantile is the value that a sorted list has at that share of its length, whatever it is compared with."""

import math
import operator
from random import Random

import pytest
from tests.rules.facts import MINUTE, START, batch
from tests.rules.rule_texts import codes, text

from fanzha.rules import check, parse
from fanzha.rules.engine import RuleEngine
from fanzha.rules.live import Live

SIGNS = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "!=": operator.ne,
}
TURNED = {">=": "<=", "<=": ">=", ">": "<", "<": ">"}
LEVELS = {"median(": 0.5, "quantile(10%, ": 0.1, "quantile(0.75, ": 0.75, "quantile(1, ": 1.0}


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("level", LEVELS)
def test_a_quantile_is_the_value_at_that_share_of_the_sorted_ones(level: str, sign: str) -> None:
    random = Random(level + sign)
    amounts = [random.choice((None, 1, 2, 3, 3, 5)) for _ in range(60)]
    window = f"{level}turn of message by recipient, 3 min)"
    condition = random.choice((f"{window} {sign} 3", f"3 {TURNED.get(sign, sign)} {window}"))
    rules = check(parse(f"rule r\n  on message\n  when {condition}\n  then find recipient score 0.5\n")).rules
    rows = [
        {"at": n * MINUTE, "event_id": f"{n:02}", "recipient": "+8613800138000", "turn": amount}
        for n, amount in enumerate(amounts)
    ]
    expected = []
    for n in range(len(rows)):
        known = sorted(amount for amount in amounts[max(0, n - 2) : n + 1] if amount is not None)
        if known and SIGNS[sign](known[math.ceil(LEVELS[level] * len(known)) - 1], 3):
            expected.append(f"{n:02}")
    engine = RuleEngine(rules)
    engine.take("message", batch("message", *rows))
    fired = [str(one.of_event("event_id", nth)) for one in engine.finish() for nth in range(len(one.positions))]
    live = Live(rules)
    told = [one.received.event_id for row in rows for one in live.fact("message", START + int(str(row["at"])), row)]
    assert fired == told == expected
    assert 0 < len(expected) < len(rows)


def test_a_let_may_hold_a_quantile() -> None:
    lets = "  let usual = median(talk_ms of call_ended by caller, 1h)\n  let short = 10 * 2 s\n"
    assert codes(text("usual < short", lets=lets)) == []


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("median(talk_ms of call_ended by caller, 1h) < talk_ms", "R415"),
        ("median(talk_ms of call_ended by caller, 1h) / 1 s < 3", "R415"),
        ("median(talk_ms of call_ended by caller, 1h) < median(ring_ms of call_ended by caller, 1h)", "R415"),
        ("median(talk_ms of call_ended by caller, 1h) < 3", "R402"),
        ("median(caller of call_ended by trunk, 1h) < 3", "R408"),
        ("quantile(talk_ms of call_ended by caller, 1h) < 3 s", "R203"),
        ("quantile(0, talk_ms of call_ended by caller, 1h) < 3 s", "R515"),
        ("quantile(1 s, talk_ms of call_ended by caller, 1h) < 3 s", "R515"),
        ("active_days(caller of call_ended by trunk, 7 days) < 3", "R220"),
    ],
)
def test_a_wrong_quantile_is_told(condition: str, code: str) -> None:
    assert codes(text(condition))[0] == code


def test_the_words_of_quantiles_remain_names() -> None:
    assert codes(text("median and quantile > 3", lets="  let median = answered\n  let quantile = 3\n")) == []

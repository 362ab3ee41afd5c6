"""A rule is described by what it reads, asks, finds and keeps: nothing of it is left out."""

import pytest
from tests.rules.rule_texts import drawn

from fanzha.rules import check, parse
from fanzha.rules.describe import Description, describe
from fanzha.rules.tree import WindowExpression, walk

TEXT = """list spared = "95588"
rule r "标题" "title"
  on call still talking 20 min
  let calls = count(call_offered by callee, 24h)
  when calls >= 3
   and count(message by recipient = callee where age(site_seen by host = link_host, 7 days) < 2 days, 6h) > 0
   and ring_ms < 5 s and caller is known
  except caller in spared
  then find callee as fake_cs score points(0.4 when calls > 5, 0.3 when ingress = "voip")
  again after 2 days
"""


def described(text: str) -> Description:
    (rule,) = check(parse(text)).rules
    return describe(rule)


def test_the_moment_of_decision_is_said_with_its_wait() -> None:
    assert "20 min" in described(TEXT).decides.zh and "20 min" in described(TEXT).decides.en
    ended = TEXT.replace("call still talking 20 min", "call_ended")
    assert described(ended).decides.en == "when a call has ended"
    seen = "rule r on site_seen when host is known then find host score 0.5"
    assert "site_seen" in described(seen).decides.zh


def test_a_clock_is_told_with_its_keys() -> None:
    told = described(TEXT.replace("call still talking 20 min", "call_answered every 1h by callee"))
    assert told.decides.en == "every 1h by the clock in China, for each callee with a call_answered fact in the windows"
    assert "every 1h" not in told.decides.zh and "1h" in told.decides.zh
    assert "the latest call_answered fact of each callee" in [words.en for words in told.keeps]


def test_fields_of_the_present_fact_are_named_and_no_others() -> None:
    names = [words.en.split(" ")[0] for words in described(TEXT).fields]
    assert names == ["callee", "ring_ms", "caller", "ingress"]


def test_limits_stand_with_the_points_they_give() -> None:
    limits = dict(described(TEXT).limits)
    assert limits["ring_ms < 5 s"] == ""
    assert limits['ingress = "voip"'] == "0.3"
    assert limits["caller in spared"] == ""
    assert not any(limit.startswith("age(") for limit in limits), "limits inside a window belong to the window"


def test_what_is_kept_is_told_once_for_each_source_and_key_with_the_longest_span() -> None:
    kept = [words.en for words in described(TEXT).keeps]
    assert kept == [
        "call_offered facts by callee, 24h",
        "message facts by recipient, 6h",
        "site_seen facts by host, 7 calendar days",
        "offers and answers of calls that have not ended, at most 24h",
        "calls that are waited for, 20 min",
        "the subjects it has fired for, 2 days",
    ]


def test_the_subject_is_named_in_both_languages() -> None:
    finds = described(TEXT).finds
    assert "被叫（callee）" in finds.zh and "fake_cs" in finds.en and "2 days" in finds.en
    claimed = described(TEXT.replace("find callee", "find caller_or_trunk")).finds
    assert "the proven caller, else the trunk" in claimed.en


@pytest.mark.parametrize("seed", range(50))
def test_any_rule_is_described_with_all_its_windows(seed: int) -> None:
    (rule,) = check(parse(drawn(seed))).rules
    roots = [node for node in (rule.when, rule.unless, rule.score) if node is not None]
    windows = {node for root in roots for node in walk(root) if isinstance(node, WindowExpression)}
    told = describe(rule)
    assert len(told.windows) == len(windows)
    assert all(words.zh and words.en for _, words in told.windows)

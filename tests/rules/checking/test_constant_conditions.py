"""Conditions that are always or never true are warned of, and others are not."""

import pytest
from tests.rules.rule_texts import text

from fanzha.detect import RuleDetector, all_detectors
from fanzha.rules import check, parse

COUNT, SHARE = "count(call_ended by caller, 1h)", "share(answered of call_ended by caller, 1h)"


@pytest.mark.parametrize(
    ("when", "codes"),
    [
        (f"{COUNT} >= 0", ["W303"]),
        (f"0 <= {COUNT}", ["W303"]),
        (f"{COUNT} > -1 and answered", ["W303"]),
        (f"{COUNT} < 0", ["W304"]),
        (f"{COUNT} > 0", []),
        (f"{SHARE} <= 100%", ["W303"]),
        (f"{SHARE} > 100%", ["W304"]),
        (f"{SHARE} >= 30", ["W304"]),
        (f"{SHARE} = 1", []),
        (f"{SHARE} * 100 >= 30", []),
        ("gap(call_ended by caller, 1h) > 2h", ["W304"]),
        ("gap(call_ended by caller, 1h) < 30 min", []),
        ("hour(occurred_at) > 23", ["W304"]),
        ("weekday(occurred_at) = 0", ["W304"]),
        ("weekday(occurred_at) >= 6", []),
        ("points(0.2 when answered, 0.3 when partial) > 0.5", []),
        ("points(0.2 when answered, 0.3 when partial) > 0.6", ["W304"]),
        (f"points(0.2 when {COUNT} >= 0) > 0.1", ["W303"]),
        ("caller != caller", ["W308"]),
        ("caller = caller", ["W308"]),
        ('prefix(caller, 3) = "1380"', ["W304"]),
        ('prefix(caller, 3) != "138"', []),
        ("answered and not answered", ["W305"]),
        ("answered or not answered", ["W306"]),
        ("answered and simulated", []),
        ("not (talk_ms < 3 s) and talk_ms < 2 s", ["W305"]),
        ("not (talk_ms > 3 s) and talk_ms < 2 s", []),
        ('ingress in ("mobile", "voip") and ingress = "leased_line"', ["W305"]),
        ('ingress in ("mobile", "voip") and ingress = "voip"', []),
        ('ingress in ("mobile") or ingress not in ("mobile")', ["W306"]),
        ('ingress not in ("mobile") and ingress != "voip"', []),
        ("release_cause in (16, 17) and release_cause > 20", ["W305"]),
        ("release_cause in (16, 21) and release_cause > 20", []),
        ("caller is known and caller is not known", ["W305"]),
        ('caller is not known and caller = "10086"', ["W305"]),
        ('caller is not known or caller = "10086"', []),
        ('caller is known and caller = "10086"', []),
        ("caller != callee", []),
        ("hour(occurred_at) >= 22 and hour(occurred_at) < 6", ["W305"]),
        ("hour(occurred_at) >= 22 or hour(occurred_at) < 6", []),
        ("talk_ms > 10 s and simulated and talk_ms < 5 s", ["W305"]),
        ("talk_ms > 5 s and talk_ms < 10 s", []),
        ("talk_ms >= 5 s and talk_ms <= 5 s", []),
        ("talk_ms > 5 s and 5 s >= talk_ms", ["W305"]),
        ('ingress = "mobile" and ingress = "voip"', ["W305"]),
        ('ingress = "mobile" or ingress = "voip"', []),
        ('ingress != "mobile" or ingress != "voip"', ["W306"]),
        ('ingress != "mobile" and ingress != "voip"', []),
        ("talk_ms > 5 s or talk_ms < 10 s", ["W306"]),
        (f"count(call_ended by caller where talk_ms > 5 s and talk_ms < 3 s, 1h) > {COUNT}", ["W305"]),
        ("held >= 0", ["W303"]),
        ('callee in ("955*", "10086")', ["W307"]),
        ('callee in ("*", "10086")', []),
    ],
)
def test_a_condition_that_depends_on_nothing_is_warned_of(when: str, codes: list[str]) -> None:
    checked = check(parse(text(when, lets=f"  let held = {COUNT}\n")))
    assert [warning.code for warning in checked.warnings if warning.code != "W309"] == codes


def test_no_rule_of_the_package_is_warned_of() -> None:
    rules = [detector for detector in all_detectors().values() if isinstance(detector, RuleDetector)]
    found = {detector.name: check(detector.file, lists=detector.lists).warnings for detector in rules}
    assert {name: warnings for name, warnings in found.items() if warnings} == {}

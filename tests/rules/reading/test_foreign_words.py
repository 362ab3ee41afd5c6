"""Words and habits of analysts who know SQL, Excel or Chinese exports: each is told the right word of the language."""

import pytest
from tests.rules.rule_texts import text

from fanzha.rules import RuleError, check, parse


def fixes(condition: str) -> list[str]:
    with pytest.raises(RuleError) as raised:
        check(parse(text(condition)))
    return [mistake.fix.en for mistake in raised.value.mistakes]


@pytest.mark.parametrize(
    ("condition", "fix"),
    [
        ('caller like "138%"', 'x contains "…"'),
        ('caller not like "138%"', 'x not contains "…"'),
        ('caller ~ "^138"', "matches"),
        ('caller regexp "^138"', 'x matches "…"'),
        ('contains(caller, "138")', 'x contains "…"'),
        ('lower(caller) = "a"', 'x matches "(?i)…"'),
        ("caller is null", "x is not known"),
        ("caller not known", "is not known"),
        ('caller is "10086"', "="),
        ('caller <> "10086"', "!="),
        ("talk_ms between 5 s and 20 s", "x >= a and x <= b"),
        ("count(*) > 3", "count(FACT by KEY, 1h)"),
        ("count(distinct callee of call_ended by caller, 1h) > 3", "distinct(FIELD of FACT by KEY, 1h)"),
        ("count(call_ended group by caller, 1h) > 3", "FACT by KEY"),
        ("count(calls by caller, 1h) > 3", "call_ended"),
        ("count(call by caller, 1h) > 3", "call_ended"),
        ("count(sms by recipient = callee, 1h) > 3", "message"),
        ("count(call_ended by caller, 1 hour) > 3", "1 h"),
        ("count(call_ended by caller, 2 weeks) > 3", "14 days"),
        ("count(call_ended by caller, 1 个月) > 3", "30 days"),
        ("count(call_ended by caller, 1h) at least 3", ">="),
        ("count(call_ended by caller, 1h) more than 3", ">"),
        ("not exists (call_ended by caller, 1h)", "count(…) > 0"),
        ("caller in (select number from list)", "in LIST"),
        ("duration > 20 s", "talk_ms"),
        ("talk_seconds > 20", "talk_ms"),
        ('called = "110"', "callee"),
        ('imei = "1"', "device"),
        ("answered = 1", "answered, or not answered"),
        ("is_weekend", "weekday(occurred_at) in (6, 7)"),
        ("dayofweek(occurred_at) > 5", "weekday(occurred_at) in (6, 7)"),
        ("hour > 22", "hour(occurred_at)"),
        ('主叫号码 = "10086"', "caller"),
        ("通话时长 < 20 s", "talk_ms"),
        ("answered 并且 talk_ms < 20 s", "and"),
        ('caller 包含 "138"', "contains"),
        ("count(call_ended by caller, 1 小时) 大于 3", ">"),
        ("小区 is known", "cell"),
        ("countif(answered, call_ended by caller, 1h) > 3", "count(FACT by KEY where CONDITION, 1h)"),
        ("averageif(talk_ms of call_ended by caller, 1h) > 3 s", "mean(FIELD of FACT by KEY where CONDITION, 1h)"),
        ("count distinct(callee of call_ended by caller, 1h) > 3", "distinct(FIELD of FACT by KEY, 1h)"),
        ("count(call_ended by caller having answered, 1h) > 3", "FACT by KEY where CONDITION"),
        ("count(call_ended by caller over 1h) > 3", ", 1h"),
        ("count(call_ended by caller, 1h) over 30", ">"),
        ("isblank(caller)", "x is not known"),
        ("iferror(talk_ms, 0) > 3 s", "x else y"),
        ("if(answered, 1, 0) = 1", "points(0.5 when CONDITION)"),
        ("and(answered, simulated)", "a and b"),
        ("answered is true", "write x"),
        ("talk_ms is less than 20 s", "<"),
        ("at least 30", ">="),
        ("count(call_ended by caller, 1h) > 30 times", "write 30"),
        ("count(call_ended by caller, 1h) > 30 次", "30"),
        ("count(call_ended by caller, 1h) > 1_000", "1000"),
        ('mid(caller, 1, 3) = "138"', "prefix(x, 3)"),
        ('right(caller, 4) = "9999"', 'x matches "9999$"'),
        ("now() - occurred_at > 3 s", "occurred_at"),
        ("caller = 10086", 'write "10086"'),
        ('count(call_ended by caller, 1h) > "30"', "numbers have no quotes"),
        ('weekday(occurred_at) = "Sunday"', "7"),
        ('occurred_at > "2026-03-01"', "hour(x)"),
        ('caller = "10086" or "10010"', "repeat the comparison"),
        ("接通率 < 30%", "share(answered of …)"),
        ("一小时内呼叫次数 > 30", "count(call_ended by caller, 1h)"),
        ('caller 开头 "138"', "prefix(x, 3)"),
    ],
)
def test_a_word_of_another_language_is_told_with_the_right_one(condition: str, fix: str) -> None:
    told = fixes(condition)
    assert any(fix in one for one in told), told

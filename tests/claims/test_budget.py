"""Going over a budget is told in both languages, with the limit and how much was withheld."""

from fanzha.claims.budget import Overrun

AT = 1_772_323_200_000  # 2026-03-01T00:00:00Z


def test_the_account_names_rule_limit_moment_and_what_only_reports() -> None:
    words = Overrun("burst", AT, "", AT + 60_000, 20, 1_234).words()
    assert words.en == (
        "rule burst went over its budget of 20 subjects an hour at 2026-03-01T00:01:00.000Z: "
        "1,234 findings of the rest of that hour only report"
    )
    assert "burst" in words.zh and "20 个对象" in words.zh and "1,234" in words.zh


def test_a_trunk_over_its_share_is_named() -> None:
    words = Overrun("burst", AT, "LL-07", AT, 2.5, 1).why()
    assert "2.5 calls of trunk LL-07" in words.en and "中继 LL-07 的 2.5 次呼叫" in words.zh

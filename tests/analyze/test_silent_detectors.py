"""Rules that cannot fire for lack of columns are named with the columns that are missing."""

from fanzha.analyze.silent_detectors import group_silent_rules, list_silent_rules

CALL = frozenset({"call_id", "occurred_at", "caller", "callee"})
ENDED = frozenset({"call_id", "occurred_at", "answered", "talk_ms"})


def missing(*offered: str) -> dict[str, tuple[str, ...]]:
    filled = {"call_offered": CALL | {*offered}, "call_answered": CALL, "call_ended": ENDED}
    return {rule.name: rule.missing for rule in list_silent_rules(filled)}


def test_a_sim_box_needs_who_is_proven_and_neither_card_nor_phone() -> None:
    columns = ("ingress", "proven_caller", "trunk", "cell")
    assert "sim_box" not in missing(*columns)
    assert "call_offered.proven_caller" in missing("ingress", "trunk", "cell", "device")["sim_box"]


def test_a_phone_of_many_numbers_needs_the_phone() -> None:
    columns = ("ingress", "trunk", "cell")
    assert "call_offered.device" in missing(*columns)["sim_box_device"]
    assert "sim_box_device" not in missing(*columns, "device")


def test_a_rule_that_names_the_proven_caller_is_silent_without_one() -> None:
    assert "call_offered.proven_caller" in missing("ingress")["new_card"]


def test_rules_on_tables_that_the_source_has_not_are_left_out() -> None:
    assert list_silent_rules({}) == []
    assert {rule.name for rule in list_silent_rules({"message": frozenset({"text"})})}.isdisjoint({"sim_box"})


def test_rules_that_lack_the_same_columns_are_one_group_with_the_columns_that_would_do() -> None:
    columns = CALL | {"ingress", "trunk", "cell"}
    rules = list_silent_rules({"call_offered": columns, "call_answered": CALL, "call_ended": ENDED})
    groups = group_silent_rules(rules)
    assert sorted(rule.name for group in groups for rule in group.rules) == sorted(rule.name for rule in rules)
    assert len({group.missing for group in groups}) == len(groups) < len(rules)
    group = next(group for group in groups if ("call_offered.device",) in group.missing)
    count = len(group.rules)
    assert "without device" in group.words.en and f"{count} rule" in group.words.en
    assert "终端 device" in group.words.zh and f"{count} 条规则不会报告" in group.words.zh

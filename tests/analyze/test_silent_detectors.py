"""Rules that cannot fire for lack of columns are named with the columns that are missing."""

from fanzha.analyze.silent_detectors import list_silent_rules

CALL = frozenset({"call_id", "occurred_at", "caller", "callee"})
ENDED = frozenset({"call_id", "occurred_at", "answered", "talk_ms"})


def missing(*offered: str) -> dict[str, tuple[str, ...]]:
    filled = {"call_offered": CALL | {*offered}, "call_answered": CALL, "call_ended": ENDED}
    return {rule.name: rule.missing for rule in list_silent_rules(filled)}


def test_a_sim_box_needs_who_is_proven_and_the_card_or_nothing_is_found() -> None:
    columns = ("ingress", "proven_caller", "trunk", "cell")
    assert "call_offered.device" in missing(*columns)["sim_box"]
    assert "call_offered.sim_card" in missing(*columns)["sim_box"]
    assert "sim_box" not in missing(*columns, "device", "sim_card")


def test_a_rule_that_names_the_proven_caller_is_silent_without_one() -> None:
    assert "call_offered.proven_caller" in missing("ingress")["new_card"]


def test_rules_on_tables_that_the_source_has_not_are_left_out() -> None:
    assert list_silent_rules({}) == []
    assert {rule.name for rule in list_silent_rules({"message": frozenset({"text"})})}.isdisjoint({"sim_box"})

"""A draft's two choices name an action; what people paste becomes canonical subjects, or is named with the reason."""

import pytest

from fanzha.command.orders.targets import (
    ACTION_FIELDS,
    DRAFT_ACTIONS,
    MIXED,
    TARGET_KINDS,
    find_action,
    list_actions,
    parse_draft,
    parse_targets,
    qualify,
)
from fanzha.command.processes.process_settings import load_processes
from fanzha.dispose import ACTION_SPECS as ACTS
from fanzha.dispose import Action, Target


def test_every_choice_of_the_process_leads_to_an_action_somewhere() -> None:
    fields = load_processes()["order"].events["draft"].evidence
    assert {kind for kind, _ in DRAFT_ACTIONS} | {MIXED} == set(fields["target_kind"].choices)
    assert {action for _, action in DRAFT_ACTIONS} == set(fields["action"].choices)
    for kind, name in ACTION_FIELDS.items():
        assert list(fields[name].choices) == list_actions(kind)


def test_every_action_concerns_the_kinds_that_it_is_offered_for() -> None:
    assert all(set(kinds) <= set(ACTS[action].kinds) for action, kinds in DRAFT_ACTIONS.values())


def test_values_become_canonical_each_once_and_what_is_none_says_why() -> None:
    parsed = parse_targets("number", "refuse", ["170 0000 1234", "+8617000001234", "95588", "nonsense"])
    assert parsed.targets == (Target("phone_number", "+8617000001234"), Target("phone_number", "95588"))
    ((value, why),) = parsed.wrong
    assert value == "nonsense" and why


@pytest.mark.parametrize(("kind", "choice"), [("phone_number", "number"), ("website", "site"), ("trunk", "line")])
def test_a_subject_of_a_campaign_has_its_choice(kind: str, choice: str) -> None:
    assert TARGET_KINDS[kind] == choice


def test_what_does_not_fit_together_is_no_action() -> None:
    assert find_action("app", "label") is None and find_action("site", "refuse") is Action.BLOCK_ACCESS
    assert list_actions("account") == ["limit", "suspend"]
    assert parse_targets("app", "label", ["a.b"]).wrong


MIXED_DRAFT = {
    "target_kind": MIXED,
    "number_action": "refuse",
    "site_action": "take_down",
    "sender_action": "suspend",
    "line_action": "suspend",
}


def test_values_of_several_kinds_are_recognised_and_get_the_action_of_their_kind() -> None:
    values = ["170 0000 1234", "https://Shop.example/pay", "sender:10690000", "line:TRUNK-7", "wechat:made_up_1"]
    parsed = parse_draft(MIXED_DRAFT, values)
    assert parsed.wrong == () and parsed.list_kinds() == ["number", "line", "sender", "site", "account"]
    assert {target.value: action for target, action in parsed.actions.items()} == {
        "+8617000001234": Action.REFUSE,
        "shop.example": Action.TAKE_DOWN,
        "10690000": Action.STOP_SENDING,
        "TRUNK-7": Action.STOP_LINE,
    }  # no action is chosen for accounts


def test_what_a_mixed_draft_stores_is_read_again_as_the_same_targets() -> None:
    parsed = parse_draft(MIXED_DRAFT, ["+8617000001234", "shop.example", "sender:10690000", "host:192.0.2.7"])
    stored = [qualify(target, parsed.kinds[target]) for target in parsed.targets]
    assert stored == ["phone_number:+8617000001234", "website:shop.example", "sender:10690000", "host:192.0.2.7"]
    assert parse_draft(MIXED_DRAFT | {"subjects": tuple(stored)}) == parsed


def test_a_word_that_is_of_no_kind_is_named_with_what_to_write() -> None:
    ((value, why),) = parse_draft(MIXED_DRAFT, ["a made up thing"]).wrong
    assert value == "a made up thing" and "line:NAME" in why

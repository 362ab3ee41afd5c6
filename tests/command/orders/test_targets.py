"""A draft's two choices name an action; what people paste becomes canonical subjects, or is named with the reason."""

import pytest

from fanzha.command.orders.targets import DRAFT_ACTIONS, TARGET_KINDS, find_action, list_actions, parse_targets
from fanzha.command.processes.process_settings import load_processes
from fanzha.dispose import ACTION_SPECS as ACTS
from fanzha.dispose import Action, Target


def test_every_choice_of_the_process_leads_to_an_action_somewhere() -> None:
    fields = load_processes()["order"].events["draft"].evidence
    assert {kind for kind, _ in DRAFT_ACTIONS} == set(fields["target_kind"].choices)
    assert {action for _, action in DRAFT_ACTIONS} == set(fields["action"].choices)


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

"""A draft has the fields of the process; one of several kinds that holds a single kind is stored as of that kind."""

import pytest

from fanzha.command.orders.drafts import COMPUTED_FIELDS, draft_choices, draft_fields, simplify_draft
from fanzha.command.processes.process_settings import load_processes


def test_people_give_all_fields_of_the_drafting_event_but_those_that_are_computed() -> None:
    fields = load_processes()["order"].events["draft"].evidence
    assert set(draft_fields()) == set(fields) - COMPUTED_FIELDS and set(fields) >= COMPUTED_FIELDS


def test_a_mixed_draft_has_an_action_for_each_kind_and_another_one_alone() -> None:
    assert draft_choices("number", "refuse", {"site": "refuse"}) == {"target_kind": "number", "action": "refuse"}
    mixed = draft_choices("mixed", "refuse", {"site": "refuse", "app": ""})
    assert mixed == {"target_kind": "mixed", "site_action": "refuse"}


@pytest.mark.parametrize(
    ("values", "kind"),
    [(("+8617000001234", "170 0000 1235"), "number"), (("+8617000001234", "x.example"), "mixed")],
)
def test_a_mixed_draft_of_one_kind_becomes_a_draft_of_that_kind(values: tuple[str, ...], kind: str) -> None:
    mixed = {"target_kind": "mixed", "number_action": "refuse", "site_action": "refuse", "reason": "a burst"}
    evidence, written = simplify_draft(mixed, values)
    assert evidence["target_kind"] == kind and evidence["reason"] == "a burst"
    assert written == (("+8617000001234", "+8617000001235") if kind == "number" else values)

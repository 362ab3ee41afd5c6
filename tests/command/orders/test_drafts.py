"""A draft has the fields of the process; one of several kinds that holds a single kind is stored as of that kind."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import actor, draft_evidence

from fanzha.base.clock import to_ms
from fanzha.command.orders.draft_form import build_draft_form
from fanzha.command.orders.drafts import COMPUTED_FIELDS, draft_choices, draft_fields, simplify_draft
from fanzha.command.orders.schemas import build_draft_schema
from fanzha.command.processes.parties import to_party
from fanzha.command.processes.process_settings import load_processes
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.processes import engine
from fanzha.processes.parse import parse_process
from fanzha.processes.process import Process
from fanzha.processes.settings import ProcessSettings


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


@pytest.fixture
def with_ticket() -> Process:
    """The process with one more field, which is written into `order.yaml` and nowhere else."""
    text = load_processes()["order"].text
    before = "      reason: {title: [事由, Reason], type: text}\n      hits:"
    assert text.count(before) == 1
    field = "      ticket: {title: [工单编号, Ticket number], type: text}\n"
    return parse_process(text.replace(before, field + before), "order.yaml")


@pytest.mark.usefixtures("own_home", "in_english")
def test_a_field_that_order_yaml_adds_is_in_form_page_api_and_evidence(world: World, with_ticket: Process) -> None:
    viewer, at = world.viewer("centre", Role.ANALYST), timezone.now()
    written: dict[str, Any] = {"subjects": "170 0000 1234", "number_action": "refuse", "reason": "a burst"}
    written |= {"expires_at": (at + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"), "target_kind": "mixed"}
    data = QueryDict(mutable=True)
    data.update({**written, "receivers": str(world["carrier"].pk)})
    with scoped_to(viewer):
        form_class = build_draft_form(viewer, with_ticket)
        assert form_class(data.copy()).errors.keys() == {"ticket"}
        page = render_to_string("orders/new.html", {"form": form_class()})
        assert "Ticket number" in page and 'name="ticket"' in page
        data["ticket"] = "T-7"
        form = form_class(data)
        assert form.is_valid(), form.errors
        assert form.evidence()["ticket"] == "T-7"
    schema = build_draft_schema(with_ticket).model_json_schema()
    assert "ticket" in schema["required"] and schema["properties"]["ticket"]["description"] == "工单编号 Ticket number"
    evidence = draft_evidence(world, at) | {"ticket": "T-7"}
    analyst, owner = actor(world, "centre", Role.ANALYST), to_party(world["centre"])
    settings = ProcessSettings()
    change = engine.start(with_ticket, "draft", analyst, evidence, to_ms(at), ref="R", owner=owner, settings=settings)
    assert change.evidence["ticket"] == "T-7"

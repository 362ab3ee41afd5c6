"""The form and the API give the same draft, and a draft becomes the evidence that the process asks for."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from tests.command.people import World

from fanzha.command.orders.drafts import OrderDraft
from fanzha.command.orders.forms import DraftForm
from fanzha.command.orders.impact import assess_impact
from fanzha.command.orders.order_summary import PROCESS
from fanzha.command.orders.schemas import DraftIn
from fanzha.command.processes.process_settings import load_processes
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.processes.parties import Party
from fanzha.store.evidence_files import find_file

pytestmark = pytest.mark.usefixtures("own_home", "in_english")

#: Neither the form nor the API asks for the scope.
FIELDS = {field.name for field in fields(OrderDraft)} - {"scope"}
ENDS_AT = datetime(2099, 1, 1, tzinfo=UTC)


def submitted(world: World, **changes: Any) -> dict[str, Any]:
    values = {
        "target_kind": "number",
        "action": "refuse",
        "reason": "a burst",
        "campaign": "",
        "expires_at": timezone.now().strftime("%Y-%m-%dT%H:%M"),
    }
    return {**values, **changes}


def test_form_and_api_have_a_field_for_each_of_the_draft() -> None:
    assert FIELDS - {"values"} <= set(DraftForm.base_fields)
    assert FIELDS - {"values"} <= set(DraftIn.model_fields)


def test_form_and_api_give_the_same_draft(world: World) -> None:
    data = submitted(world)
    viewer = world.viewer("centre", Role.ANALYST)
    with scoped_to(viewer), timezone.override(UTC):
        form = DraftForm(viewer, {**data, "subjects": "a, b", "receivers": [world["carrier"].pk]})
        assert form.is_valid(), form.errors
        by_form = OrderDraft.from_form(form, viewer)
    body = DraftIn(**{**data, "targets": ["a", "b"], "receivers": ["x"], "expires_at": data["expires_at"] + "Z"})
    by_api = OrderDraft.from_schema(body, values=body.targets, receivers=[world["carrier"].pk])
    assert by_form == by_api
    assert (by_api.values, by_api.receivers, by_api.scope) == (("a", "b"), (world["carrier"].pk,), "")


def test_a_document_of_the_form_is_stored(world: World) -> None:
    viewer = world.viewer("centre", Role.ANALYST)
    with scoped_to(viewer):
        data = submitted(world, subjects="a", receivers=[world["carrier"].pk])
        files = MultiValueDict({"withholding_document": [SimpleUploadedFile("a.txt", b"x")]})
        form = DraftForm(viewer, data, files)
        assert form.is_valid(), form.errors
        assert find_file(OrderDraft.from_form(form, viewer).withholding_document) is not None


def test_evidence_has_the_fields_of_the_process_and_leaves_out_empty_ones(world: World) -> None:
    draft = OrderDraft("number", "refuse", ("+8617000001234",), "a burst", (1,), ENDS_AT)
    viewer = world.viewer("centre", Role.ANALYST)
    with scoped_to(viewer):
        impact = assess_impact(draft.target_kind, draft.action, draft.values, viewer, timezone.now())
    evidence = draft.to_evidence(impact, "", [Party("carrier-1", "operator")])
    defined = load_processes()[PROCESS].events["draft"].evidence
    assert set(evidence) <= set(defined)
    assert set(defined) - set(evidence) == {"campaign", "notice_withheld_until", "withholding_document"}
    assert evidence["subjects"] == ("+8617000001234",) and evidence["scope"] == "all of it"
    assert evidence["expires_at"] == int(ENDS_AT.timestamp() * 1000)

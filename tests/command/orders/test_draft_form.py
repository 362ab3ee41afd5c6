"""The form of a draft has the fields of the process and asks one action for each kind of target that occurs."""

from datetime import UTC, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject

from fanzha.command.orders.draft_form import DraftForm, build_draft_form, split_lines
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.store.evidence_files import find_file

pytestmark = pytest.mark.usefixtures("own_home", "in_english")


def form_of(world: World, data: dict[str, Any] | None = None, files: Any = None, **initial: Any) -> DraftForm:
    viewer = world.viewer("police", Role.ANALYST)
    with scoped_to(viewer), timezone.override(UTC):
        ends = (timezone.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
        common = {"reason": "a burst", "expires_at": ends, "receivers": [str(world["carrier"].pk)]}
        lists = {
            name: value if isinstance(value, list) else [value] for name, value in {**common, **(data or {})}.items()
        }
        form_class = build_draft_form(viewer)
        form = form_class(initial=initial) if data is None else form_class(MultiValueDict(lists), files)
        form.is_valid()
        return form


def test_a_pasted_list_is_a_value_a_line_each_once() -> None:
    assert split_lines("a\n b ,a；c，d\n\n") == ("a", "b", "c", "d")


def test_an_order_lasts_a_year_at_most(world: World) -> None:
    assert "year" in form_of(world, {"expires_at": "2099-01-01T00:00"}).errors["expires_at"][0]


def test_one_action_is_asked_for_each_kind_that_was_pasted(world: World) -> None:
    pasted = {"target_kind": "mixed", "subjects": "170 0000 1234\nx.example"}
    asked = form_of(world, pasted)
    assert asked.action_fields == ["number_action", "site_action"] and set(asked.errors) == set(asked.action_fields)
    assert [key for key, _ in asked.fields["number_action"].choices][0] == "label"  # type: ignore[attr-defined]
    answered = form_of(world, pasted | {"number_action": "refuse", "site_action": "take_down"})
    assert answered.is_valid(), answered.errors
    assert answered.choices() == {"target_kind": "mixed", "number_action": "refuse", "site_action": "take_down"}


def test_an_action_for_all_goes_to_the_kinds_that_have_it(world: World) -> None:
    form = form_of(world, {"target_kind": "mixed", "subjects": "170 0000 1234\nx.example", "action": "refuse"})
    assert form.is_valid() and set(form.choices().values()) == {"mixed", "refuse"}


def test_chosen_subjects_bring_their_kinds_and_no_values_into_the_page(world: World) -> None:
    number, site = subject("+8617000001234"), subject("x.example", "website")
    for about in (number, site):
        finding_row(world["police"], about)
    viewer = world.viewer("police", Role.ANALYST)
    with scoped_to(viewer):
        form = build_draft_form(viewer)(initial={"chosen": [number.ref, site.ref]})
        assert form.action_fields == ["number_action", "site_action"]
        assert set(form.target_values()) == {"phone_number:+8617000001234", "website:x.example"}
        assert "+8617000001234" not in form.as_div()


def test_a_document_of_the_form_is_stored_and_other_fields_are_evidence(world: World) -> None:
    files = MultiValueDict({"withholding_document": [SimpleUploadedFile("a.txt", b"x")]})
    form = form_of(world, {"target_kind": "number", "action": "refuse", "subjects": "170 0000 1234"}, files)
    assert form.is_valid(), form.errors
    evidence = form.evidence()
    assert find_file(evidence["withholding_document"]) is not None
    assert evidence["action"] == "refuse" and evidence["receivers"][0].organization == world["carrier"].ref
    assert "subjects" not in evidence

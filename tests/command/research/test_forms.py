"""Forms give the services what was filled in; columns come in the published order."""

import pytest
from tests.command.people import World
from tests.command.research.research_world import agreement_of

from fanzha.command.research.forms import AgreementForm, PartnerModelForm, TableForm, kind_choices

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_columns_come_in_the_published_order(world: World) -> None:
    agreement = agreement_of(world)
    values = {
        "agreement": agreement.ref, "name": "m", "version": "1", "licence": "MIT", "kind": "phone_number",
        "transport": "json", "url": "http://127.0.0.1:1/", "features": ["calls", "findings"],
        "valid_until": "2030-01-31",
    }  # fmt: skip
    form = PartnerModelForm(values, agreements=[agreement])
    assert form.is_valid(), form.errors
    draft = form.to_draft()
    assert draft.features == ("findings", "calls") and draft.body == b"" and draft.valid_until.hour == 23


def test_an_empty_threshold_is_that_of_the_site(world: World) -> None:
    values = {
        "partner": world["bank"].ref, "number": "R-1", "document": "a.pdf", "document_sha256": "a" * 64,
        "purpose": "a study", "valid_until": "2030-01-31", "table_budget": 3,
    }  # fmt: skip
    form = AgreementForm(values, owner=world["carrier"].pk)
    assert form.is_valid() and form.to_draft().least_cell == 0


def test_a_table_without_dimensions_is_one_number(world: World) -> None:
    agreement = agreement_of(world)
    values = {
        "agreement": agreement.ref, "kind": "phone_number", "measure": "count", "first": "2026-01", "last": "2026-02",
        "purpose": "a study",
    }  # fmt: skip
    form = TableForm(values, agreements=[agreement])
    assert form.is_valid() and form.to_draft().dimensions == ()
    assert "phone_number" in dict(kind_choices())

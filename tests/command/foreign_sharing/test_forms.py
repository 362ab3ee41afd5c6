"""The form offers partners abroad alone, and reads the document."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.command.foreign_sharing.foreign_world import DOCUMENT, PURPOSE, move_abroad
from tests.command.people import World

from fanzha.command.foreign_sharing.forms import ForeignApprovalForm, ReasonForm

pytestmark = pytest.mark.django_db


def form(world: World, partner: str, document: bytes = DOCUMENT) -> ForeignApprovalForm:
    now = timezone.now()
    data = {
        "partner": world[partner].ref, "number": "2026-1", "authority": "Example authority", "purpose": PURPOSE,
        "kinds": ["link"], "valid_from": now, "valid_until": now + timedelta(days=1),
    }  # fmt: skip
    return ForeignApprovalForm(data, {"document": SimpleUploadedFile("approval.pdf", document)})


def test_a_partner_abroad_is_chosen_and_the_document_read(world: World) -> None:
    move_abroad(world)
    filled = form(world, "partner")
    assert filled.is_valid(), filled.errors
    assert filled.to_terms().document == DOCUMENT and filled.to_terms().partner == world["partner"]


def test_an_organisation_at_home_and_a_file_of_another_type_are_refused(world: World) -> None:
    filled = form(world, "bank", b"no PDF")
    assert not filled.is_valid() and {"partner", "document"} <= filled.errors.keys()


def test_a_reason_has_some_length() -> None:
    assert not ReasonForm({"reason": "x"}).is_valid() and ReasonForm({"reason": "ended by them"}).is_valid()

"""People enter, confirm, refuse and withdraw approvals on pages, each in his role, and read what left."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.command.exchange.exchange_world import decide
from tests.command.foreign_sharing.foreign_world import (
    DOCUMENT,
    PURPOSE,
    approve,
    collection_for_abroad,
    enter,
    move_abroad,
    objects_of,
    partner_program,
)
from tests.command.people import World

from fanzha.command.foreign_sharing.models import ForeignApproval, ForeignExit
from fanzha.command.organizations.models import ApiKey
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
LIST = "/foreign-sharing/"


def row() -> ForeignApproval:
    return ForeignApproval._base_manager.get()


def test_an_approval_is_entered_with_its_document_and_confirmed_by_another(world: World) -> None:
    partner = move_abroad(world)
    liaison, reviewer = world.client("centre", Role.LIAISON), world.client("centre", Role.REVIEWER)
    assert "nothing goes to another country" in liaison.get(LIST).content.decode()
    fields = {
        "partner": partner.ref, "number": "2026-1", "authority": "Example authority", "purpose": PURPOSE,
        "kinds": ["link"], "valid_from": "2026-01-01T00:00", "valid_until": "2028-01-01T00:00",
        "document": SimpleUploadedFile("approval.pdf", DOCUMENT),
    }  # fmt: skip
    answer = liaison.post(f"{LIST}new/", fields)
    assert answer.status_code == 302 and bytes(row().document) == DOCUMENT
    page = f"{LIST}{row().ref}/"
    assert "Another person has to confirm it" in liaison.get(page).content.decode()
    assert liaison.post(f"{page}decision/", {"do": "confirm"}).status_code == 403
    assert "Confirm as second person" in reviewer.get(page).content.decode()
    reviewer.post(f"{page}decision/", {"do": "confirm"})
    assert row().confirmed_at is not None and "in force" in reviewer.get(LIST).content.decode()


def test_a_form_with_faults_is_shown_again(world: World) -> None:
    move_abroad(world)
    answer = world.client("centre", Role.LIAISON).post(f"{LIST}new/", {"number": "1"})
    assert answer.status_code == 422 and not ForeignApproval._base_manager.exists()


def test_an_administrator_does_not_confirm_what_he_entered(world: World) -> None:
    found, boss = enter(world), world.person("centre", Role.ADMINISTRATOR)
    ForeignApproval._base_manager.update(entered_by=boss)
    client = world.client("centre", Role.ADMINISTRATOR)
    client.post(f"{LIST}{found.ref}/decision/", {"do": "confirm"})
    assert row().confirmed_at is None
    assert "Confirm as second person" not in client.get(f"{LIST}{found.ref}/").content.decode()


def test_a_reason_is_asked_for_and_shown(world: World) -> None:
    found, reviewer = enter(world), world.client("centre", Role.REVIEWER)
    reviewer.post(f"{LIST}{found.ref}/decision/", {"do": "refuse", "reason": ""})
    assert row().refused_at is None
    reviewer.post(f"{LIST}{found.ref}/decision/", {"do": "refuse", "reason": "another number stands there"})
    assert row().refused_at is not None
    assert "another number stands there" in reviewer.get(f"{LIST}{found.ref}/").content.decode()


def test_an_approval_is_withdrawn_on_its_page(world: World) -> None:
    found, officer = approve(world), world.client("centre", Role.DUTY_OFFICER)
    officer.post(f"{LIST}{found.ref}/withdraw/", {"reason": "the authority ended it"})
    assert row().withdrawn_at is not None


def test_the_document_is_handed_out_as_it_was_entered(world: World) -> None:
    found, client = approve(world), world.client("centre", Role.REVIEWER)
    answer = client.get(f"{LIST}{found.ref}/document/")
    assert answer.content == DOCUMENT and "attachment" in answer["Content-Disposition"]
    ForeignApproval._base_manager.update(document=b"%PDF-other")
    assert client.get(f"{LIST}{found.ref}/document/").status_code == 404


def test_a_key_is_shown_once(world: World) -> None:
    found, client = approve(world), world.client("centre", Role.LIAISON)
    shown = client.post(f"{LIST}{found.ref}/key/").content.decode()
    key = ApiKey.objects.get(organization=world["partner"])
    assert key.shown in shown and key.shown not in client.get(f"{LIST}{found.ref}/").content.decode()
    ForeignApproval._base_manager.update(withdrawn_at=timezone.now())
    assert client.post(f"{LIST}{found.ref}/key/").status_code == 302


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_left_is_shown_in_both_languages(world: World, language: str) -> None:
    decide(world, "a.example.com")
    made = collection_for_abroad(world)
    found = approve(world)
    objects_of(partner_program(world), made)
    left = ForeignExit._base_manager.get()
    client = world.client("centre", Role.PRIVACY_OFFICER, language=language)
    page = client.get(f"{LIST}{found.ref}/").content.decode()
    assert ("依此审批出境的内容" if language == "zh-hans" else "What left under it") in page and left.sha256[
        :12
    ] in page
    assert "a.example.com" in client.get(f"{LIST}{found.ref}/exits/{left.ref}/").content.decode()
    assert client.get(f"{LIST}{found.ref}/exits/{made.ref}/").status_code == 404


def test_the_page_of_a_collection_says_why_a_reader_abroad_is_given_nothing(world: World) -> None:
    made = collection_for_abroad(world)
    client = world.client("centre", Role.LIAISON)
    assert "no approval in force" in client.get(f"/exchange/{made.ref}/").content.decode()
    approve(world)
    assert "no approval in force" not in client.get(f"/exchange/{made.ref}/").content.decode()

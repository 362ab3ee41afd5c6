"""The desk sees counts and masked numbers for a purpose; bases are declared by two people; files need a basis."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.command.exposures.exposures_made import CASE, NUMBER, SITE, confirmed_basis, log_of, read_log_of, site_order
from tests.command.people import World

from fanzha.command.audit.models import LogEntry
from fanzha.command.exposures.models import ExposureBasis, ExposureFile, ExposureWarning
from fanzha.command.exposures.tasks import read_pending
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def form() -> dict[str, object]:
    now = timezone.now()
    return {
        "kind": "order", "document": "第 7 号", "source": "resolver 1", "source_kind": "resolver", "purpose": "warn",
        "valid_from": now.strftime("%Y-%m-%dT%H:%M"), "look_back_days": 7, "keep_days": 7, "most_people": 10,
        "valid_until": (now + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip


def test_one_person_enters_a_basis_and_another_confirms_it(world: World) -> None:
    first, second = world.client("carrier", Role.PRIVACY_OFFICER), world.client("carrier", Role.LIAISON)
    assert first.post("/exposures/bases/", form()).status_code == 422
    document = SimpleUploadedFile("order.pdf", b"an order")
    assert first.post("/exposures/bases/", form() | {"document_file": document}).status_code == 302
    basis = ExposureBasis._base_manager.get()
    assert basis.document_sha256.startswith("b4a50") or len(basis.document_sha256) == 64
    assert "Confirm as second person" not in first.get("/exposures/bases/").content.decode()
    assert "Confirm as second person" in second.get("/exposures/bases/").content.decode()
    address = f"/exposures/bases/{basis.ref}/"
    assert world.client("mvno", Role.LIAISON).post(address, {"do": "confirm"}).status_code == 404
    for browser, do in ((first, "confirm"), (second, "confirm"), (second, "withdraw")):
        assert browser.post(address, {"do": do}).status_code == 302
    basis.refresh_from_db()
    assert basis.confirmed_by == world.person("carrier", Role.LIAISON) and basis.withdrawn_at is not None


def test_a_case_shows_counts_and_masked_numbers_for_a_purpose_alone(world: World) -> None:
    site_order(world)
    read_log_of(world, confirmed_basis(world), log_of((NUMBER, SITE)))
    analyst, address = world.client("carrier", Role.ANALYST), f"/exposures/cases/{CASE}/"
    listing = analyst.get("/exposures/").content.decode()
    page = analyst.get(address).content.decode()
    refused = analyst.post(address, {"purpose": ""}).content.decode()
    assert SITE in listing and "0011" not in listing + page + refused
    shown = analyst.post(address, {"purpose": "a call-back"}).content.decode()
    assert "0011" in shown and NUMBER not in shown and "resolver 1" in shown
    with unscoped("test"):
        assert LogEntry.objects.filter(kind="values_disclosed", about=CASE).count() == 1
    assert world.client("mvno", Role.ANALYST).get(address).status_code == 404


def test_the_desk_asks_for_the_warnings_of_a_case(world: World) -> None:
    site_order(world)
    read_log_of(world, confirmed_basis(world), log_of((NUMBER, SITE)))
    analyst = world.client("carrier", Role.ANALYST)
    assert "[deliver]" in analyst.get("/exposures/").content.decode()
    assert analyst.post(f"/exposures/cases/{CASE}/warnings/").status_code == 302
    assert ExposureWarning._base_manager.get().state == "waiting"
    assert "Warn those" not in analyst.get(f"/exposures/cases/{CASE}/").content.decode()
    assert world.client("carrier", Role.CLERK).post(f"/exposures/cases/{CASE}/warnings/").status_code == 403


def test_a_file_is_handed_in_on_a_basis_and_refused_without(world: World) -> None:
    clerk = world.client("carrier", Role.CLERK)
    assert "No basis is in force" in clerk.get("/exposures/").content.decode()
    basis = confirmed_basis(world)
    assert f'value="{basis.ref}"' in clerk.get("/exposures/").content.decode()
    for ref, state in ((basis.ref, "waiting"), (basis.ref, ""), ("nothing", "refused")):
        upload = SimpleUploadedFile("log.csv", log_of((NUMBER, SITE), at=basis.entered_at))
        assert clerk.post("/exposures/files/", {"basis": ref, "file": upload}).status_code == 302
        if state:
            assert ExposureFile._base_manager.latest("pk").state == state
    assert ExposureFile._base_manager.count() == 2
    read_pending(timezone.now())
    assert "not read: no valid basis" in clerk.get("/exposures/").content.decode()
    assert clerk.post("/exposures/files/", {"basis": basis.ref}).status_code == 302

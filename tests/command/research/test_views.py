"""The pages lead from agreement to model to table, in both languages; each role finds only its own buttons."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.command.people import World
from tests.command.research.research_world import agreement_of, approved_model, decide, found, good_model
from tests.command.research.table_world import LAST_MONTH, asked, plant

from fanzha.claims.verdict import Level
from fanzha.command.research.models import PartnerModel, ResearchAgreement, ResearchTable
from fanzha.command.research.shadow_runs import run_model, try_model
from fanzha.command.research.table_jobs import compute
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_an_agreement_is_recorded_and_approved_on_pages(world: World) -> None:
    client = world.client("carrier", Role.LIAISON)
    assert "No agreement is recorded" in client.get("/research/").content.decode()
    values = {
        "partner": world["partner"].ref, "number": "R-1", "document": "signed.pdf", "document_sha256": "z" * 64,
        "purpose": "a study", "valid_until": f"{timezone.now().year + 1}-01-01", "allows_tables": "on",
        "table_budget": 5,
    }  # fmt: skip
    wrong = client.post("/research/agreements/new/", values)
    assert wrong.status_code == 422 and "64 hexadecimal digits" in wrong.content.decode()
    page = client.post("/research/agreements/new/", values | {"document_sha256": "a" * 64})["Location"]
    assert "/approve/" not in client.get(page).content.decode()
    reviewer = world.client("carrier", Role.REVIEWER, language="zh-hans")
    assert "/approve/" in reviewer.get(page).content.decode()
    reviewer.post(f"{page}approve/")
    assert ResearchAgreement._base_manager.get().is_in_force
    client.post(f"{page}end/")
    assert not ResearchAgreement._base_manager.get().is_in_force


def test_the_partner_submits_a_file_and_the_owner_approves_it(world: World) -> None:
    agreement = agreement_of(world)
    partner, reviewer = world.client("partner", Role.ANALYST), world.client("carrier", Role.REVIEWER)
    values = {
        "agreement": agreement.ref, "name": "university", "version": "3", "licence": "MIT", "kind": "phone_number",
        "transport": "onnx", "features": ["findings", "top_score", "calls"],
        "valid_until": f"{timezone.now().year + 1}-01-01",
    }  # fmt: skip
    wrong = partner.post("/research/models/new/", values)
    assert wrong.status_code == 422 and "an ONNX file" in wrong.content.decode()
    file = SimpleUploadedFile("model.onnx", good_model())
    page = partner.post("/research/models/new/", values | {"file": file})["Location"]
    model = PartnerModel._base_manager.get()
    try_model(model.ref)
    assert 'value="approve"' in reviewer.get(page).content.decode()
    assert 'value="approve"' not in partner.get(page).content.decode()
    reviewer.post(f"{page}decide/", {"do": "approve", "note": "tried"})
    model.refresh_from_db()
    assert (model.state, model.decision) == ("approved", "tried")
    assert (
        "It runs in the background"
        in world.client("carrier", Role.ANALYST).post(f"{page}run/", follow=True).content.decode()
    )
    reviewer.post(f"{page}end/")
    model.refresh_from_db()
    assert model.state == "ended"


def test_the_owner_sees_the_comparison_and_the_partner_does_not(world: World) -> None:
    decide(world, [found(world, place) for place in range(3)], Level.SUSPECTED)
    decide(world, [found(world, 10, fraud_type="phishing")], Level.CLEAR)
    model = approved_model(world, good_model())
    run_model(model.ref)
    page = world.client("carrier", Role.ANALYST).get(f"/research/models/{model.ref}/").content.decode()
    assert "Beside ours" in page and "not enough decisions" in page and "numbers on the allowlist" in page
    chinese = world.client("carrier", Role.ANALYST, language="zh-hans").get(f"/research/models/{model.ref}/")
    assert "形似而无辜者" in chinese.content.decode()
    theirs = world.client("partner", Role.ANALYST).get(f"/research/models/{model.ref}/").content.decode()
    assert "Beside ours" not in theirs and "in shadow" in theirs
    assert world.client("bank", Role.ANALYST).get(f"/research/models/{model.ref}/").status_code == 404


def test_a_table_is_asked_for_released_and_taken(world: World) -> None:
    plant(world, {"phishing": 12, "other": 11})
    agreement = agreement_of(world)
    partner, reviewer = world.client("partner", Role.ANALYST), world.client("carrier", Role.REVIEWER)
    values = {
        "agreement": agreement.ref, "kind": "phone_number", "measure": "count", "dimensions": ["fraud_type"],
        "first": LAST_MONTH, "last": LAST_MONTH, "purpose": "a study",
    }  # fmt: skip
    wrong = partner.post("/research/tables/new/", values | {"last": "2999-01"})
    assert wrong.status_code == 422 and "months that are over" in wrong.content.decode()
    page = partner.post("/research/tables/new/", values)["Location"]
    row = ResearchTable._base_manager.get()
    compute(row.ref)
    assert "phishing" not in partner.get(page).content.decode() and ">12<" in reviewer.get(page).content.decode()
    assert partner.post(f"{page}file/").status_code == 302
    reviewer.post(f"{page}decide/", {"do": "release"})
    text = partner.post(f"{page}file/", {"format": "csv"}).content.decode("utf-8-sig")
    assert "phishing,12" in text and "fewer than 10" in text
    told = partner.post(f"{page}file/", {"format": "json"}).json()
    assert told["least_cell"] == 10 and {"fraud_type": "other", "count": 11} in told["lines"]


def test_a_refused_table_says_why(world: World) -> None:
    plant(world, {"phishing": 2})
    row = asked(world, agreement_of(world), ())
    compute(row.ref)
    page = world.client("partner", Role.ANALYST, language="zh-hans").get(f"/research/tables/{row.ref}/")
    assert "没有可公布的内容" in page.content.decode()


def test_the_published_columns_are_on_a_page(world: World) -> None:
    page = world.client("partner", Role.ANALYST).get("/research/columns/").content.decode()
    assert "score_phishing" in page and "distinct callees" in page

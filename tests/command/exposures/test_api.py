"""Programs enter bases, hand files in, and read cases; a person confirms."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.command.exposures.exposures_made import (
    CASE,
    NUMBER,
    SITE,
    basis_draft,
    confirmed_basis,
    log_of,
    read_log_of,
    site_order,
)
from tests.command.people import World
from tests.command.web.api.asking import asking, problem

from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
BASE = "/api/v1/exposures"
SCOPES = ["exposures:read", "exposures:write"]


def test_a_key_enters_a_basis_that_only_a_person_confirms(world: World) -> None:
    keys = [
        asking(world, "carrier", scopes=SCOPES, roles=["liaison"], made_by=world.person("carrier", role))
        for role in (Role.LIAISON, Role.PRIVACY_OFFICER)
    ]
    draft = basis_draft()
    body = draft._asdict() | {"valid_from": draft.valid_from.isoformat(), "valid_until": draft.valid_until.isoformat()}
    entered = keys[0].post(f"{BASE}/bases", body, "application/json")
    assert entered.status_code == 201
    ref = entered.json()["ref"]
    problem(keys[1].post(f"{BASE}/bases/{ref}/confirm"), 403)
    over = (timezone.now() - timedelta(days=1)).isoformat()
    problem(keys[0].post(f"{BASE}/bases", body | {"valid_until": over}, "application/json"), 422)
    assert [row["ref"] for row in keys[0].get(f"{BASE}/bases").json()["items"]] == [ref]
    assert keys[0].delete(f"{BASE}/bases/{ref}").status_code == 204
    problem(asking(world, "mvno", scopes=SCOPES, roles=["liaison"]).delete(f"{BASE}/bases/{ref}"), 404)


def test_a_file_is_handed_in_and_its_counts_are_read(world: World) -> None:
    key, basis = asking(world, "carrier", scopes=SCOPES, roles=["analyst"]), confirmed_basis(world)
    upload = SimpleUploadedFile("log.csv", log_of((NUMBER, SITE)))
    answer = key.post(f"{BASE}/files", {"basis": basis.ref, "file": upload})
    assert answer.status_code == 202 and answer.json()["state"] == "waiting"
    ref = answer.json()["ref"]
    assert key.get(f"{BASE}/files/{ref}").json()["file_name"] == "log.csv"
    assert [row["ref"] for row in key.get(f"{BASE}/files").json()["items"]] == [ref]
    refused = key.post(f"{BASE}/files", {"basis": "nothing", "file": SimpleUploadedFile("log.csv", b"x")})
    assert refused.json()["state"] == "refused" and "no such basis" in refused.json()["problem_en"]


def test_cases_are_counts_and_people_are_masked(world: World) -> None:
    site_order(world)
    read_log_of(world, confirmed_basis(world), log_of((NUMBER, SITE)))
    key = asking(world, "carrier", scopes=SCOPES, roles=["analyst"], made_by=world.person("carrier", Role.ANALYST))
    (case,) = key.get(f"{BASE}/cases").json()
    assert (case["ref"], case["names"], case["people"], case["unwarned"]) == (CASE, [SITE], 1, 1)
    (person,) = key.post(f"{BASE}/cases/{CASE}/people", {"purpose": "a call-back"}, "application/json").json()
    assert person["number"] != NUMBER and person["host"] == SITE
    assert key.post(f"{BASE}/cases/{CASE}/warnings").json() == {"people": 1}
    assert key.get(f"{BASE}/cases").json()[0]["warnings"] == {"waiting": 1}
    other = asking(world, "mvno", scopes=SCOPES, roles=["analyst"])
    problem(other.post(f"{BASE}/cases/{CASE}/warnings"), 404)
    problem(other.post(f"{BASE}/cases/{CASE}/people", {"purpose": "a call-back"}, "application/json"), 404)

"""Programs draft, read and word a bulletin; a company's key reads its own figures and cases alone."""

import json

import pytest
from django.test import Client
from tests.command.bulletins.bulletins_made import made_month, sent
from tests.command.people import World

from fanzha.command.organizations.models import ApiKey
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def _key(world: World, name: str) -> Client:
    _row, secret = ApiKey.make(
        world[name], "a system", scopes=["bulletins:read", "bulletins:write"], roles=[Role.ANALYST.value]
    )
    return Client(headers={"authorization": f"Bearer {secret}", "accept-language": "en"})


def test_a_key_drafts_and_words_a_bulletin(world: World) -> None:
    key = _key(world, "centre")
    made = key.post("/api/v1/bulletins/", {"month": "2026-09"}, content_type="application/json")
    assert made.status_code == 201 and made.json()["month"] == "2026-09"
    assert key.post("/api/v1/bulletins/", {"month": "soon"}, content_type="application/json").status_code == 422
    address = f"/api/v1/bulletins/{made.json()['ref']}/texts/opening"
    typed = key.put(f"{address}/en", {"body": "98 of 100"}, content_type="application/json")
    assert typed.status_code == 422 and "use a slot" in typed.content.decode()
    assert key.put(f"{address}/en", {"body": "{report_settled}"}, content_type="application/json").status_code == 204
    assert key.put(f"{address}/fr", {"body": "{report_settled}"}, content_type="application/json").status_code == 404


def test_a_company_reads_its_own_figures_and_cases(world: World) -> None:
    made_month(world)
    bulletin = sent(world)
    owner, company = _key(world, "centre"), _key(world, "carrier")
    address = f"/api/v1/bulletins/{bulletin.ref}"
    whole, own = json.loads(owner.get(address).content), json.loads(company.get(address).content)
    assert {row["company"] for row in own["figures"]} == {world["carrier"].ref}
    assert len({row["company"] for row in whole["figures"]}) == 4 and own["state"] == "replying"
    assert all(row["best_place"] is None for row in own["figures"])
    cases = company.get(f"{address}/cases/report_settled", {"part": "true", "limit": "100"}).json()["items"]
    assert len(cases) == 58 and {case["company"] for case in cases} == {world["carrier"].ref}
    assert owner.get(f"{address}/cases/rank").status_code == 404
    assert [row["ref"] for row in company.get("/api/v1/bulletins/").json()["items"]] == [bulletin.ref]

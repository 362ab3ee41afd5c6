"""The API of figures: the same values as the pages, numbers from outside, forms."""

import base64

import pytest
from tests.command.people import World
from tests.command.statistics.forms_made import filled
from tests.command.statistics.month_made import MONTH

from fanzha.command.statistics.models import OutsideValue
from fanzha.command.statistics.selectors import kpi
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.django_db


def test_figures_and_forms_are_read_as_on_the_pages(month: World) -> None:
    client = month.client("carrier", Role.ANALYST)
    answer = client.get("/api/v1/statistics/figures", {"period": MONTH.key})
    found = {row["name"]: row for row in answer.json()}
    figure = kpi("report_handling", month["carrier"], MONTH)
    assert found["report_handling"]["value"] == figure.value and found["report_handling"]["n"] == figure.n
    assert found["report_handling"]["unit"] == "percent" and found["report_handling"]["interval"]["low"] > 0
    assert client.get("/api/v1/statistics/figures", {"period": "October"}).status_code == 422
    other = {"organization": month["other_carrier"].ref}
    assert client.get("/api/v1/statistics/figures", other).status_code == 404
    form = client.get(f"/api/v1/statistics/forms/{filled(month).ref}").json()
    assert (form["form"], form["period"], form["state"]) == ("public_reports", MONTH.key, "filled")
    assert {row["field"] for row in form["fields"]} >= {"count", "rate", "group_rank"}


def test_a_number_is_entered_once_a_month(world: World) -> None:
    client = world.client("carrier", Role.CLERK)
    body = {"name": "subscribers", "month": MONTH.key, "value": 5, "source": "billing system"}
    address = "/api/v1/statistics/numbers"
    assert client.post(address, body, content_type="application/json").status_code == 204
    assert client.post(address, {**body, "value": 6}, content_type="application/json").status_code == 204
    with unscoped("test"):
        assert [row.value for row in OutsideValue.objects.all()] == [6]
    assert client.post(address, {**body, "name": "colours"}, content_type="application/json").status_code == 422


def test_a_form_is_completed_and_compared_by_program(month: World) -> None:
    client, ref = month.client("carrier", Role.CLERK), filled(month).ref
    address = f"/api/v1/statistics/forms/{ref}"
    body = {"value": "3.00", "reason": "the group"}
    answer = client.put(f"{address}/values/group_rank", body, content_type="application/json")
    assert answer.status_code == 200 and answer.json()["reason"] == "the group"
    content = base64.b64encode(b"group_rank,3\nColours,4\n").decode()
    sheet = {"file_name": "own.csv", "content": content}
    answer = client.post(f"{address}/sheets", sheet, content_type="application/json")
    assert answer.json() == {"equal": 1, "differences": [], "unknown": ["Colours: 4"]}
    wrong = {**sheet, "content": "*"}
    assert client.post(f"{address}/sheets", wrong, content_type="application/json").status_code == 422
    supervisor = month.client("administration", Role.CLERK)
    assert supervisor.put(f"{address}/values/group_rank", body, content_type="application/json").status_code == 404


def test_a_figure_is_proposed_and_published_by_program(month: World) -> None:
    address = "/api/v1/statistics/publications"
    proposer, decider = (month.client("administration", role) for role in (Role.ANALYST, Role.REVIEWER))
    body = {"figure": "report_handling", "period": MONTH.key, "reason": "asked for"}
    made = proposer.post(address, body, content_type="application/json")
    assert made.status_code == 201 and made.json()["state"] == "proposed"
    wrong = proposer.post(address, {**body, "figure": "colours"}, content_type="application/json")
    assert wrong.status_code == 422
    decision = f"{address}/{made.json()['ref']}/decision"
    assert (
        decider.post(decision, {"decision": "publish"}, content_type="application/json").json()["state"] == "published"
    )

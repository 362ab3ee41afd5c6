"""By the API people draw and mark samples; keys read and mark nothing."""

from tests.command.people import World
from tests.command.reviews.factories import WANTED, drawn, findings, judge, settled
from tests.command.web.api.asking import asking, problem

from fanzha.command.web.roles import Role

BASE = "/api/v1/reviews"
BODY = {"size": 12, "since": WANTED.since.isoformat(), "until": WANTED.until.isoformat()}


def test_people_draw_and_mark(world: World) -> None:
    findings(world)
    reviewer, analyst = (world.client("carrier", role) for role in (Role.REVIEWER, Role.ANALYST))
    sample = reviewer.post(f"{BASE}/samples", BODY, content_type="application/json").json()
    assert sample["drawn"] == 12 and sample["strata"] == [] and sample["precision"] == []
    at = f"{BASE}/samples/{sample['ref']}"
    (first, *_rest) = analyst.get(f"{at}/items").json()
    assert set(first) == {"item", "kind", "subject", "content"}
    marks = {"marks": [{"item": first["item"], "mark": "unclear"}]}
    marked = analyst.post(f"{at}/marks", marks, content_type="application/json").json()
    assert marked["marked"] == {"first": 1, "second": 0, "third": 0} and marked["kappa"] is None
    assert analyst.post(f"{at}/sheet")["Content-Type"] == "text/csv"
    assert [row["ref"] for row in analyst.get(f"{BASE}/samples").json()["items"]] == [sample["ref"]]
    problem(reviewer.post(f"{at}/folder"), 409)


def test_a_key_reads_figures_and_marks_nothing(world: World) -> None:
    sample = settled(world, 40, wrong=1)
    key = asking(world, "carrier", scopes=["reviews:read", "reviews:write"], roles=["analyst", "reviewer"])
    read = key.get(f"{BASE}/samples/{sample.ref}").json()
    assert read["agreed"] == 39 and read["precision"][0]["precision"]["marked"] == 40
    assert key.get(f"{BASE}/precision").json()[0]["detector"] == "made-up"
    assert key.get(f"{BASE}/samples/{sample.ref}/items").json() == []
    assert key.post(f"{BASE}/samples/{sample.ref}/folder")["Content-Type"] == "application/zip"
    other = drawn(world)
    marks = {"marks": [{"item": min(judge(other)), "mark": "fraud"}]}
    answer = key.post(f"{BASE}/samples/{other.ref}/marks", marks, content_type="application/json")
    assert problem(answer, 403)["reason"] == "role"
    problem(key.post(f"{BASE}/samples", BODY, content_type="application/json"), 403)

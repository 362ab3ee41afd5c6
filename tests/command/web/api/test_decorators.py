"""Behind the door everything is limited to what the caller may read, and to his scopes and his rate."""

import pytest
from tests.command.people import World
from tests.command.processes.orders_made import drafted
from tests.command.web.api.asking import asking, problem

pytestmark = pytest.mark.urls("tests.command.web.api.routes")
WHO = "/api/v1/flows/whoami"


def test_queries_see_what_the_caller_may_read(world: World) -> None:
    drafted(world)
    assert asking(world, "administration").get(WHO).json()["rows"] == 1
    assert asking(world, "bank").get(WHO).json()["rows"] == 0


def test_a_scope_that_a_key_lacks_is_named(world: World) -> None:
    reader = asking(world, "carrier", scopes=["flows:read"])
    assert reader.get(WHO).status_code == 200
    told = problem(reader.post("/api/v1/flows/bulk", "", "application/x-ndjson"), 403)
    assert told["scope"] == "flows:write" and "flows:write" in told["detail"]
    problem(asking(world, "carrier", scopes=["subjects:read"]).get(WHO), 403)


def test_who_asks_too_often_is_told_when_to_come_again(world: World) -> None:
    client = asking(world, "carrier", per_minute=3)
    assert [client.get(WHO).status_code for _ in range(3)] == [200] * 3
    answer = client.get(WHO)
    problem(answer, 429)
    assert 0 < int(answer["Retry-After"]) <= 20
    assert asking(world, "carrier", per_minute=3).get(WHO).status_code == 200


def test_what_is_answered_is_not_kept_on_the_way(world: World) -> None:
    assert asking(world, "carrier").get(WHO)["Cache-Control"] == "no-store"

"""Pages neither skip nor repeat, whatever is added meanwhile; a cursor is of one list alone."""

from typing import Any

import pytest
from tests.command.people import World
from tests.command.web.api.asking import asking, problem

from fanzha.command.organizations.models import Organization, Person
from fanzha.command.web.api.paging import Paging, paginate
from fanzha.command.web.api.problems import Problem

pytestmark = pytest.mark.urls("tests.command.web.api.routes")
LIST = "/api/v1/flows/organizations"


def all_pages(client: Any, limit: int) -> list[list[str]]:
    pages, cursor = [], ""
    while True:
        answer = client.get(LIST, {"limit": limit, "cursor": cursor}).json()
        pages.append([one["ref"] for one in answer["items"]])
        if not (cursor := answer["next"]):
            return pages


@pytest.mark.parametrize("limit", [1, 4, 5, 15, 500])
def test_all_rows_are_told_once(world: World, limit: int) -> None:
    pages = all_pages(asking(world, "carrier"), limit)
    assert sum(pages, []) == [one.ref for one in Organization.objects.order_by("pk")]
    assert {len(page) for page in pages[:-1]} <= {limit} and pages[-1]


def test_a_row_added_meanwhile_moves_nothing(world: World) -> None:
    first = paginate(Organization.objects.all(), Paging(limit=3))
    Organization.objects.create(name_zh="新", name_en="New", kind="bank")
    second = paginate(Organization.objects.all(), Paging(limit=3, cursor=first["next"]))
    keys = [one.pk for one in (*first["items"], *second["items"])]
    assert keys == sorted(keys, reverse=True) and len(set(keys)) == 6 and keys[0] - keys[-1] == 5


def test_cursors_of_other_lists_and_made_up_ones_are_refused(world: World) -> None:
    client = asking(world, "carrier")
    cursor = client.get(LIST, {"limit": 2}).json()["next"]
    with pytest.raises(Problem):
        paginate(Person.objects.all(), Paging(cursor=cursor), newest_first=False)
    with pytest.raises(Problem):
        paginate(Organization.objects.all(), Paging(cursor=cursor))
    for wrong in ("x", "MQ", cursor[:-3], "é", "A" * 200):
        assert problem(client.get(LIST, {"cursor": wrong}), 422)["errors"][0]["pointer"] == "/cursor"

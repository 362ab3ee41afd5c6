"""ETags: what was read already is not sent again, and nobody overwrites what he has not seen."""

import pytest
from tests.command.people import World
from tests.command.web.api.asking import asking, problem

pytestmark = pytest.mark.urls("tests.command.web.api.routes")


@pytest.fixture
def at(world: World) -> str:
    return f"/api/v1/flows/organizations/{world['bank'].ref}"


def test_what_has_not_changed_is_not_sent_again(world: World, at: str) -> None:
    client = asking(world, "carrier")
    tag = client.get(at)["ETag"]
    assert tag.startswith('"7-')
    again = client.get(at, headers={"if-none-match": f'"other", {tag}'})
    assert again.status_code == 304 and again["ETag"] == tag and not again.content
    type(world["bank"]).objects.filter(pk=world["bank"].pk).update(name_en="Renamed")
    assert client.get(at, headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize(("tag", "status"), [(None, 200), ("*", 200), ('"6-0123456789abcdef"', 412), ("rubbish", 412)])
def test_a_change_is_made_to_what_was_read_alone(world: World, at: str, tag: str | None, status: int) -> None:
    client = asking(world, "carrier")
    answer = client.post(at, {"name": "x"}, "application/json", headers={"if-match": tag} if tag else {})
    assert answer.status_code == status
    if status == 412:
        assert problem(answer, 412)["revision"] == 7


def test_the_tag_that_was_read_is_the_one_to_send(world: World, at: str) -> None:
    client = asking(world, "carrier")
    headers = {"if-match": client.get(at)["ETag"]}
    assert client.post(at, {"name": "x"}, "application/json", headers=headers).status_code == 200

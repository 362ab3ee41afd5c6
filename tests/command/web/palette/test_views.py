"""The list below the search field: scoped, masked, and never kept by a cache or an address."""

import pytest
from tests.command.campaigns.factories import campaign
from tests.command.people import World
from tests.command.subjects.factories import NUMBER, finding_row

from fanzha.command.organizations.models import DisclosureCount
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db
PATH = "/palette/"


def answer(world: World, text: str, name: str = "carrier", *roles: Role, language: str = "en") -> str:
    client = world.client(name, *(roles or (Role.ANALYST,)), language=language)
    response = client.post(PATH, {"q": text})
    assert response.status_code == 200 and response["Cache-Control"] == "no-store"
    return str(response.content.decode())


def test_a_number_is_found_by_its_visible_digits_and_stays_masked(world: World) -> None:
    finding_row(world["carrier"])
    for typed in (NUMBER[-5:], NUMBER, NUMBER[3:]):
        text = answer(world, typed)
        assert "+86 17•• ••0 1234" in text
        assert NUMBER not in text and NUMBER[3:] not in text


def test_hidden_digits_find_nothing_and_nothing_is_counted(world: World) -> None:
    finding_row(world["carrier"])
    assert "••" in answer(world, "17999901234"), "another number of the same mask reads the same"
    assert "••" not in answer(world, NUMBER[3:9])
    assert not DisclosureCount._base_manager.exists()


def test_another_organisation_finds_nothing(world: World) -> None:
    finding_row(world["carrier"])
    campaign(world["carrier"], tie_value="hidden-trunk")
    for text in ("01234", "hidden-trunk", NUMBER):
        assert "<a " not in answer(world, text, "other_carrier")


@pytest.mark.parametrize("role", [Role.CALL_TAKER, Role.CLERK, Role.ADMINISTRATOR, Role.PRIVACY_OFFICER])
def test_roles_that_may_not_unmask_find_no_subjects(world: World, role: Role) -> None:
    finding_row(world["carrier"])
    assert "/subjects/0" not in answer(world, "01234", "carrier", role)


def test_what_was_typed_is_not_sent_back(world: World) -> None:
    assert "unheard-of" not in answer(world, "unheard-of <b>")


def test_a_value_is_looked_up_first_since_others_share_its_mask(world: World) -> None:
    finding_row(world["carrier"])
    text = answer(world, NUMBER[3:])
    assert text.index("Look this value up") < text.index("••")
    text = answer(world, "queue")
    assert text.index("Queue") < text.index("Search for the full text")


def test_the_address_keeps_no_text(world: World) -> None:
    campaign(world["carrier"])
    client = world.client("carrier", Role.ANALYST)
    assert client.get(PATH, {"q": "loan"}).content == client.get(PATH).content


def test_both_languages_are_spoken(world: World) -> None:
    text = answer(world, "xjzl", language="zh-hans")
    assert "新建指令" in text and "操作" in text
    assert "Draft an order" in answer(world, "draft")


def test_without_a_script_the_search_page_finds_the_same(world: World) -> None:
    made = campaign(world["carrier"], tie_value="IGW-77")
    page = world.client("carrier", Role.ANALYST).get("/search/", {"q": "igw-77"}).content.decode()
    assert f"/campaigns/{made.ref}/" in page
    page = world.client("carrier", Role.ANALYST).get("/search/", {"q": "draft an ord"}).content.decode()
    assert 'href="/orders/new"' in page

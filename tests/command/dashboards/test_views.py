"""The desks' pages: everybody has a first page in both languages, and no page asks more when there is more on it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.command.dashboards.late import late_order
from tests.command.dashboards.test_analyst import campaign
from tests.command.people import ORGANIZATIONS, World
from tests.command.processes.orders_made import drafted, issued

from fanzha.command.processes.models import Notification
from fanzha.command.web.roles import SUPERVISORS, Role
from fanzha.command.web.scoping import unscoped


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("role", Role)
def test_every_role_has_a_first_page(world: World, role: Role, language: str) -> None:
    late_order(world)
    campaign(world)
    for name in ("carrier", "administration", "police"):
        assert world.client(name, role, language=language).get("/").status_code == 200


@pytest.mark.parametrize("name", ORGANIZATIONS)
def test_province_and_wall_are_for_supervisors(world: World, name: str) -> None:
    client = world.client(name, Role.ANALYST)
    expected = 200 if world[name].kind in SUPERVISORS else 403
    assert [client.get(path).status_code for path in ("/province/", "/wall/")] == [expected, expected]


@pytest.mark.parametrize("page", ["province", "wall"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_province_is_for_its_own_supervisors_and_those_of_the_country(world: World, language: str, page: str) -> None:
    campaign(world, victims=7)
    for name, expected in (("ministry", [200, 200, 404]), ("administration", [200, 404, 404]), ("carrier", [403] * 3)):
        client = world.client(name, Role.ANALYST, language=language)
        assert [client.get(f"/{page}/{code}/").status_code for code in ("51", "33", "99")] == expected
    text = world.client("ministry", Role.ANALYST, language=language).get(f"/{page}/51/").content.decode()
    assert {"en": "<h1>Sichuan", "zh-hans": "<h1>四川"}[language] in text
    assert "<b>7</b><span>" in text


def test_the_ministry_chooses_what_its_map_shows(world: World) -> None:
    campaign(world, victims=7)
    client = world.client("ministry", Role.ANALYST)
    pages = {show: client.get(f"/province/?show={show}").content.decode() for show in ("people", "losses", "nonsense")}
    assert "People affected by province, 30 days" in pages["people"] and "Sichuan: 7" in pages["people"]
    assert 'href="?show=losses" aria-current="page"' in pages["losses"]
    assert "Fraud found by province, 30 days" in pages["nonsense"]
    assert 'href="?show=' not in world.client("administration", Role.ANALYST).get("/province/").content.decode()


def count_queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    ("name", "role", "path"),
    [
        ("carrier", Role.ANALYST, "/"),
        ("carrier", Role.EXECUTOR, "/"),
        ("centre", Role.REVIEWER, "/"),
        ("centre", Role.DUTY_OFFICER, "/"),
        ("administration", Role.ANALYST, "/"),
        ("administration", Role.ANALYST, "/province/"),
        ("ministry", Role.ANALYST, "/wall/"),
        ("ministry", Role.ANALYST, "/province/51/"),
        ("ministry", Role.ANALYST, "/wall/51/"),
    ],
)
def test_a_page_asks_no_more_for_more_rows(world: World, name: str, role: Role, path: str) -> None:
    client = world.client(name, role)
    late_order(world)
    drafted(world)
    campaign(world)
    few = count_queries(client, path)
    for _ in range(3):
        late_order(world)
        drafted(world)
        campaign(world)
    assert count_queries(client, path) == few


def test_urging_leads_back_and_says_so(world: World) -> None:
    with unscoped("a test looks at all legs"):
        leg = late_order(world, ("carrier",)).legs.get()
    client = world.client("administration", Role.ANALYST)
    answer = client.post(f"/province/urge/{leg.pk}/", {"next": "/"}, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert "Example carrier was reminded." in answer.content.decode()
    again = client.post(f"/province/urge/{leg.pk}/", {"next": "//elsewhere.example/"}, follow=True)
    assert again.redirect_chain == [("/province/", 302)]
    assert "reminded within the last hour" in again.content.decode()
    with unscoped("a test looks at all messages"):
        assert Notification.objects.filter(key__startswith="urge:").count() == 1


def test_who_is_not_late_is_not_urged(world: World) -> None:
    with unscoped("a test looks at all legs"):
        leg = issued(world, receivers=("carrier",)).legs.get()
    client = world.client("administration", Role.ANALYST)
    assert "is not late" in client.post(f"/province/urge/{leg.pk}/", follow=True).content.decode()
    with unscoped("a test looks at all messages"):
        assert not Notification.objects.filter(key__startswith="urge:").exists()


def test_others_receivers_cannot_be_urged(world: World) -> None:
    with unscoped("a test looks at all legs"):
        leg = late_order(world, ("far_carrier",)).legs.get()
    assert world.client("administration", Role.ANALYST).post(f"/province/urge/{leg.pk}/").status_code == 404
    assert world.client("carrier", Role.ANALYST).post(f"/province/urge/{leg.pk}/").status_code == 403


def test_the_wall_names_no_subject(world: World) -> None:
    late_order(world)
    page = world.client("administration", Role.ANALYST).get("/wall/").content.decode()
    assert "1234" not in page
    assert "Example carrier" in page


@pytest.mark.parametrize(("name", "maps"), [("ministry", 2), ("administration", 0)])
def test_the_wall_has_three_scenes_a_table_behind_each_chart_and_no_menus(world: World, name: str, maps: int) -> None:
    late_order(world)
    campaign(world)
    page = world.client(name, Role.ANALYST).get("/wall/").content.decode()
    assert page.count("data-scene ") == 3 and page.count("data-scene-link") == 3
    assert page.count("<figure") == page.count("<summary>As a table") > maps + 4
    assert page.count("tile-name") == 34 * maps
    assert 'class="places"' not in page and 'role="search"' not in page

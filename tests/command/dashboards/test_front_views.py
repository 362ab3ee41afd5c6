"""The address / offers the public what the site does for it; staff find their dashboards or the login."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.command.people import World

from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.mark.parametrize(("language", "words"), [("en", "Staff sign in"), ("zh-hans", "工作人员登录")])
def test_the_public_finds_every_service_and_staff_the_login(world: World, language: str, words: str) -> None:
    page = Client().get("/", {"language": language}).content.decode()
    for path in ("/report/", "/tags/", "/tags/dispute/", "/appeal/", "/learn/", "/report/follow/", "/appeal/follow/"):
        assert f'href="{path}?language={language}"' in page, path
    assert words in page and "/accounts/login/" in page and "tel:96110" in page


def test_the_public_page_asks_once_what_the_site_serves(world: World, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(2):
        assert "Staff sign in" in Client().get("/", {"language": "en"}).content.decode()


def test_the_extension_for_browsers_is_offered_where_the_list_is_published(world: World, home: Path) -> None:
    assert "/link-list/" not in Client().get("/", {"language": "en"}).content.decode()
    (home / "fanzha.toml").write_text("[link_list]\nenabled = true\n", "utf-8")
    assert 'href="/link-list/?language=en"' in Client().get("/", {"language": "en"}).content.decode()


def test_a_site_without_public_services_leads_to_the_login(world: World) -> None:
    type(world["centre"]).objects.filter(pk=world["centre"].pk).update(is_active=False)
    assert Client().get("/")["Location"].startswith("/accounts/login/")


def test_who_signed_in_sees_the_own_dashboards(world: World) -> None:
    page = world.client("carrier", Role.ANALYST).get("/").content.decode()
    assert "Staff sign in" not in page and "工作人员登录" not in page

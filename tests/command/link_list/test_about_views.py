"""The public page offers the extension with the address of this site's list, in both languages, without a cookie."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.test import Client
from tests.command.link_list.listed_sites import decide, publish, refresh
from tests.command.people import World

from fanzha.command.link_list import about_views
from fanzha.command.web.request_rates import RequestRate


def test_the_page_says_what_leaves_the_browser_in_both_languages(world: World, home: Path) -> None:
    publish(home, world)
    english = Client().get("/link-list/", {"language": "en"})
    assert (
        b"learns at most that one of four listed sites" in english.content and b"/link-list</code>" in english.content
    )
    chinese = Client().get("/link-list/", {"language": "zh-hans"}).content.decode()
    assert "浏览器" in chinese and "Download" not in chinese and not english.cookies


def test_the_page_says_how_long_the_list_is_and_of_when(world: World, home: Path) -> None:
    publish(home, world)
    assert "The list has" not in Client().get("/link-list/", {"language": "en"}).content.decode()
    for host in ("one.example", "two.example"):
        decide(world, host)
    refresh()
    assert "The list has 2 entries" in Client().get("/link-list/", {"language": "en"}).content.decode()
    assert "名单现有 2 条" in Client().get("/link-list/", {"language": "zh-hans"}).content.decode()


def test_the_archive_takes_its_list_from_this_site(world: World, home: Path) -> None:
    publish(home, world)
    answer = Client().get("/link-list/extension.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert json.loads(archive.read("site.json")) == {"site": "http://testserver/link-list"}


def test_who_loads_it_too_often_waits(world: World, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(home, world)
    monkeypatch.setattr(about_views, "REQUESTS", RequestRate("link list pages", 1, 60.0))
    assert [Client().get("/link-list/extension.zip").status_code for _ in range(2)] == [200, 429]


def test_without_a_list_there_is_no_page(world: World, home: Path) -> None:
    assert {Client().get(path).status_code for path in ("/link-list/", "/link-list/extension.zip")} == {404}

"""The public reads without login, cookie and script: by situation, by search, by feed, and on paper."""

import re

import pytest
from django.test import Client
from tests.command.education.items_made import approved, draft, fresh, item_of, published, quiz_draft, written
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.command.education import public_views
from fanzha.command.education.models import ReadCount
from fanzha.command.education.reads import counter
from fanzha.command.education.services import start_version
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
ENGLISH, CHINESE = {"language": "en"}, {"language": "zh-hans"}
#: The only script of these pages; without it the browser's own menu prints.
PRINT = '<script src="/static/site/print.js" type="module">'


def page(client: Client, path: str, **query: str) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200 and not answer.cookies
    return answer.content.decode()


def test_the_front_page_leads_by_what_happened_to_the_reader(world: World, client: Client) -> None:
    published(world)
    assert "They promise a commission for small tasks" in page(client, "/learn/", **ENGLISH)
    chinese = page(client, "/learn/", **CHINESE)
    assert "先付钱的兼职是骗局" in chinese and "/learn/made-up/?language=zh-hans" in chinese


def test_what_is_not_published_is_shown_to_nobody(world: World, client: Client) -> None:
    approved(world, written(world))
    assert "made-up" not in page(client, "/learn/", **ENGLISH)
    assert client.get("/learn/made-up/").status_code == 404


def test_only_the_teaching_organisation_is_shown(world: World, client: Client) -> None:
    published(world, owner="carrier")
    assert client.get("/learn/made-up/").status_code == 404


def test_without_one_organisation_that_teaches_the_pages_are_closed(world: World, client: Client) -> None:
    world["centre"].is_active = False
    world["centre"].save()
    assert client.get("/learn/").status_code == 503


def test_an_item_says_what_to_do_and_dials_the_police(world: World, client: Client) -> None:
    published(world)
    text = page(client, "/learn/made-up/", **ENGLISH)
    assert "<h2>What to do</h2>" in text and '<a href="tel:110">110</a>' in text and "last checked" in text
    assert re.findall(r"<script[^>]*>", text) == [PRINT]


def test_reads_are_counted_by_day_and_language_alone(world: World, client: Client) -> None:
    version = published(world)
    for language in ("en", "en", "zh-hans"):
        page(client, "/learn/made-up/", language=language)
    counter.store()
    with unscoped("test"):
        assert dict(ReadCount.objects.filter(version=version).values_list("language", "count")) == {"en": 2, "zh": 1}
    client.head("/learn/made-up/", ENGLISH)
    counter.store()
    with unscoped("test"):
        assert ReadCount.objects.get(language="en").count == 2


def test_a_search_finds_every_word_and_titles_first(world: World, client: Client) -> None:
    published(world, draft(slug="other", title_en="Lost parcels", body_en="## What to do\n- Ask for a job elsewhere."))
    published(world)
    text = page(client, "/learn/", q="job", **ENGLISH)
    assert text.index("A job that costs money") < text.index("Lost parcels")
    assert "Nothing was found" in page(client, "/learn/", q="job elephant", **ENGLISH)
    assert "先付钱" in page(client, "/learn/", q="兼职", **CHINESE)


def test_the_feed_is_atom_with_the_latest_items(world: World, client: Client) -> None:
    published(world)
    answer = client.get("/learn/feed.atom", ENGLISH)
    assert answer["Content-Type"].startswith("application/atom+xml")
    assert "A job that costs money is a scam" in answer.content.decode()


def test_a_sheet_is_a_page_of_its_own(world: World, client: Client) -> None:
    published(world, draft(kind="sheet", slug="sheet"))
    assert 'class="sheet"' in page(client, "/learn/sheet/", **ENGLISH)


def test_markup_in_a_text_is_escaped(world: World, client: Client) -> None:
    published(world, draft(body_en="## <b>Bold</b>\n- <script>x</script>"))
    text = page(client, "/learn/made-up/", **ENGLISH)
    assert "&lt;b&gt;" in text and re.findall(r"<script[^>]*>", text) == [PRINT]


def test_in_a_trial_both_versions_are_shown_by_chance(world: World, client: Client) -> None:
    first = published(world)
    published(world, quiz_draft())
    second = start_version(first.item, first.created_at)
    with unscoped("test"):
        second.title_en = "A second wording"
        second.save()
    fire(approved(world, second).process, "start_trial", actor(world, "centre", Role.EDITOR), {})
    assert item_of(first).trial == second and fresh(second).trial_since
    seen = {
        "second" if "A second wording" in page(client, "/learn/made-up/", **ENGLISH) else "first" for _ in range(20)
    }
    assert seen == {"first", "second"}


def test_many_searches_of_one_address_are_held_off(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_views, "REQUESTS_PER_MINUTE", 3)
    assert [client.get("/learn/", {"q": "x"}).status_code for _ in range(4)] == [200, 200, 200, 429]

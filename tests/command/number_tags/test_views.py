"""Anybody looks a value up without login; the page never says that something is safe or that somebody is registered."""

import re
from itertools import count
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from tests.command.number_tags.own_numbers import own, run_range
from tests.command.people import World

from fanzha.command.number_tags import views
from fanzha.command.number_tags.models import ShownTag, TagCategory, TagDispute
from fanzha.command.number_tags.services import KINDS, digest_of
from fanzha.command.number_tags.tag_disputes import decide_dispute, give_code
from fanzha.command.web.api.rate_limit import RateLimit
from fanzha.command.web.roles import Role

ADDRESSES = count()
NUMBER, OTHER = "+8617000000001", "+8617000000002"


@pytest.fixture
def browser(world: World, home: Path) -> Client:
    """A browser of an address that nobody asked from before."""
    place = next(ADDRESSES)
    return Client(headers={"accept-language": "en"}, REMOTE_ADDR=f"198.51.{place // 250}.{place % 250}")


def show(value: str, *, is_proven: bool = True) -> None:
    ShownTag.objects.create(kind="phone_number", value=value, digest=digest_of(value), category="harassment", weight=4,
                            voices=7, is_proven=is_proven, since=timezone.now())  # fmt: skip


def look_up(browser: Client, value: str, language: str = "en") -> str:
    answer = browser.post(f"/tags/?language={language}", {"kind": "phone_number", "value": value})
    assert "no-store" in answer["Cache-Control"] and not answer.cookies
    return answer.content.decode()


def test_a_tagged_number(browser: Client) -> None:
    show(NUMBER)
    page = look_up(browser, "170 0000 0001")
    assert "harassment" in page and "7 independent reports" in page and "can dispute" in page
    assert "骚扰" in look_up(browser, NUMBER, "zh-hans")


def test_calls_that_showed_a_number_do_not_tag_its_holder(browser: Client) -> None:
    show(NUMBER, is_proven=False)
    page = look_up(browser, NUMBER).partition("<template")[0]
    assert "Calls that showed this number: harassment" in page and "says nothing about whoever has the number" in page
    assert "<strong>harassment" not in page and "显示该号码的来电" in look_up(browser, NUMBER, "zh-hans")


def test_the_page_says_what_is_sent(browser: Client) -> None:
    page = browser.get("/tags/?language=en").content.decode()
    assert "is sent whole to this site, which answers and neither stores nor logs it" in page
    assert re.search('id="sends-part" hidden>', page), "shown by the script alone, which asks by hash"


def test_no_report_does_not_mean_safe(browser: Client) -> None:
    assert "No report. That does not mean it is safe." in look_up(browser, OTHER)
    assert "查不到不代表安全" in look_up(browser, OTHER, "zh-hans")


def test_a_link_typed_as_a_number_is_looked_up_as_a_link(browser: Client) -> None:
    assert "pay-refund.example.com" in look_up(browser, "https://pay-refund.example.com/a")


def test_what_is_no_number_is_said(browser: Client) -> None:
    answer = browser.post("/tags/", {"kind": "phone_number", "value": "hello"})
    assert answer.status_code == 422 and "cannot be read" in answer.content.decode()


def test_one_address_asks_so_often(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "_LIMIT", RateLimit(clock=lambda: 0.0))
    body = {"kind": "phone_number", "value": "hello"}
    answers = [browser.post("/tags/", body).status_code for _ in range(views.LOOKUPS_PER_MINUTE + 1)]
    assert answers == [422] * views.LOOKUPS_PER_MINUTE + [429]


def test_the_answer_to_a_dispute_does_not_say_whether_there_are_tags(browser: Client, world: World) -> None:
    own(world, NUMBER, OTHER)
    clerk = world.client("carrier", Role.CLERK)
    for value in (NUMBER, OTHER):
        page = clerk.post("/tag-disputes/", {"number": value, "proven": "on"}).content.decode()
        (code,) = re.findall(r"<strong>(\d{8})</strong>", page)
        if value == NUMBER:
            show(NUMBER)
        answer = browser.post("/tags/dispute/", {"number": value, "code": code, "statement": "wrong"})
        assert answer.status_code == 200 and "was received" in answer.content.decode()
    assert not ShownTag.objects.exists()
    own_reviewer, reviewer = (world.client(name, Role.REVIEWER) for name in ("carrier", "centre"))
    assert "Remove the tags" not in own_reviewer.get("/tag-disputes/").content.decode()
    page = reviewer.get("/tag-disputes/").content.decode()
    assert "Remove the tags" in page and NUMBER not in page
    row = TagDispute._base_manager.earliest("pk")
    assert own_reviewer.post(f"/tag-disputes/{row.ref}/", {"do": "uphold"}).status_code == 404
    assert reviewer.post("/tag-disputes/", {"number": NUMBER, "proven": "on"}).status_code == 405
    reviewer.post(f"/tag-disputes/{row.ref}/", {"do": "uphold"})
    row.refresh_from_db()
    assert row.upheld is True


def test_the_owner_is_told_who_decides_until_when_and_then_what_was_decided(browser: Client, world: World) -> None:
    own(world, NUMBER)
    row, code = give_code(world["carrier"], NUMBER, world.person("carrier", Role.CLERK))
    typed = {"number": NUMBER, "code": code, "statement": "I sell tea"}
    pages = [browser.post("/tags/dispute/?language=en", typed).content.decode() for _ in range(2)]
    assert all("Example centre" in page and "Until" in page for page in pages), "the code shows the dispute again"
    row.refresh_from_db()
    decide_dispute(row, world.person("centre", Role.REVIEWER), upheld=True)
    assert "The tags of this number were removed" in browser.post("/tags/dispute/?language=en", typed).content.decode()
    assert "异议成立" in browser.post("/tags/dispute/?language=zh-hans", typed).content.decode()


def test_a_refusal_at_the_counter_says_what_to_do(world: World, home: Path) -> None:
    run_range(world)
    clerk, number = world.client("carrier", Role.CLERK), {"number": NUMBER, "proven": "on"}
    page = clerk.post("/tag-disputes/", number, headers={"accept-language": "en"}).content.decode()
    assert "Signals of numbers" in page and "Imports" in page and "customer system now" in page
    page = clerk.post("/tag-disputes/", number | {"in_customer_system": "on"}).content.decode()
    assert re.search(r"<strong>\d{8}</strong>", page)
    other = world.client("other_carrier", Role.CLERK)
    answer = other.post("/tag-disputes/", number | {"in_customer_system": "on"}, headers={"accept-language": "en"})
    assert "its shop gives the code" in answer.content.decode() and answer.status_code == 422


@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_says_what_to_do_and_only_numbers_can_be_forged(browser: Client, kind: str) -> None:
    page = browser.get("/tags/?language=en").content.decode().partition("<template")[2]
    sections = re.findall(rf'<section class="answer[^>]*data-kind="{kind}".*?</section>', page, re.DOTALL)
    assert len(sections) == 1 + len(TagCategory) * (2 if kind == "phone_number" else 1)
    assert all("<li>" in section for section in sections)
    assert all(("forged" in section) == (kind == "phone_number") for section in sections[1:])
    assert "second button" not in page


def test_a_wrong_code(browser: Client) -> None:
    answer = browser.post("/tags/dispute/", {"number": NUMBER, "code": "1", "statement": ""})
    assert answer.status_code == 422 and "does not match this number" in answer.content.decode()


def test_pages_of_other_sites_may_ask_by_hash(browser: Client) -> None:
    show(NUMBER)
    answer = browser.get(f"/tags/hashes/phone_number/{digest_of(NUMBER)[:4]}")
    assert answer["Access-Control-Allow-Origin"] == "*" and len(answer.json()["entries"]) == 16
    assert browser.get("/tags/hashes/phone_number/xyz").status_code == 400


def test_a_program_that_sends_the_whole_number_has_it_not_logged(
    browser: Client, caplog: pytest.LogCaptureFixture
) -> None:
    assert browser.get(f"/tags/hashes/phone_number/{NUMBER[1:]}").status_code == 400
    assert NUMBER[1:] not in caplog.text


def test_the_page_can_be_installed_and_asks_no_other_site(browser: Client) -> None:
    manifest = browser.get("/tags/manifest.webmanifest")
    assert manifest["Content-Type"] == "application/manifest+json"
    within = manifest.json()["scope"]
    assert all(shortcut["url"].startswith(within) for shortcut in manifest.json()["shortcuts"])
    worker = browser.get("/tags/worker.js")
    assert worker["Service-Worker-Allowed"] == within
    assert worker["Content-Type"].startswith("text/javascript") and b"https://" not in worker.content
    page = browser.get("/tags/")
    assert "worker-src 'self'" in page["Content-Security-Policy"] and "http" not in page.content.decode()


@pytest.mark.parametrize(
    ("path", "scope"), [("/tags/", "/tags/"), ("/report/", "/report/"), ("/report/follow/", "/report/")]
)
def test_look_up_and_reports_belong_to_one_app(browser: Client, path: str, scope: str) -> None:
    page = browser.get(path).content.decode()
    assert 'rel="manifest" href="/tags/manifest.webmanifest"' in page
    assert f'data-worker="/tags/worker.js" data-scope="{scope}"' in page
    assert "/report/follow/?language=" in page

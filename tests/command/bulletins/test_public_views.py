"""Everybody reads published bulletins in both languages, as JSON and a feed; nothing before, nothing withdrawn."""

import json
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone
from tests.command.bulletins.bulletins_made import DRAFTED, made_month, published, replied
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.command.bulletins.publications import digest_of
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
_ATOM = "{http://www.w3.org/2005/Atom}"


def test_nothing_is_public_before_it_is_published(world: World) -> None:
    made_month(world)
    bulletin = replied(world)
    client = Client()
    assert "Nothing was published yet." in client.get("/bulletins/?language=en").content.decode()
    for address in (f"/bulletins/{bulletin.ref}/", f"/bulletins/{bulletin.ref}.json"):
        assert client.get(address).status_code == 404


def test_everybody_reads_a_published_bulletin_in_both_languages(world: World) -> None:
    made_month(world)
    bulletin = published(world)
    client = Client()
    page = client.get(f"/bulletins/{bulletin.ref}/?language=en")
    english = page.content.decode()
    assert not page.cookies and "A queue stood still for two days." in english and "No reply in time" in english
    assert "96.67% (58/60, 95 % interval" in english
    chinese = client.get(f"/bulletins/{bulletin.ref}/?language=zh-hans").content.decode()
    assert "2026年10月电信网络诈骗举报与处置情况的通报" in chinese and "逾期未答复" in chinese
    assert "October 2026" in client.get("/bulletins/?language=en").content.decode()


def test_the_json_is_what_was_signed_and_the_feed_is_atom(world: World) -> None:
    made_month(world)
    bulletin = published(world)
    answer = json.loads(Client().get(f"/bulletins/{bulletin.ref}.json").content)
    assert digest_of(answer["content"]) == answer["digest"] == bulletin.digest
    feed = ElementTree.fromstring(Client().get("/bulletins/feed.atom?language=en").content)
    assert [entry.findtext(f"{_ATOM}title") for entry in feed.findall(f"{_ATOM}entry")] == [
        "Bulletin of Example centre on reports and measures against telecom fraud, October 2026"
    ]


def test_the_numbered_document_is_public_once_it_is_issued(world: World) -> None:
    made_month(world)
    bulletin = published(world)
    address = f"/bulletins/{bulletin.ref}/zh.pdf"
    assert Client().get(address).status_code == 404
    deliver_due(timezone.now())
    answer = Client().get(address)
    assert (
        answer.status_code == 200 and answer.content.startswith(b"%PDF") and "inline" in answer["Content-Disposition"]
    )


def test_a_withdrawn_bulletin_says_why_and_nothing_else(world: World) -> None:
    made_month(world)
    bulletin = published(world)
    notice = {"notice_zh": "数据有误，现予撤回。", "notice_en": "The figures were wrong."}
    at = DRAFTED + timedelta(days=20)
    fire(bulletin.ref, "propose_withdrawal", actor(world, "centre", Role.DUTY_OFFICER), notice, at=at)
    fire(bulletin.ref, "withdraw", actor(world, "centre", Role.REVIEWER), {}, at=at)
    page = Client().get(f"/bulletins/{bulletin.ref}/?language=en").content.decode()
    assert "The figures were wrong." in page and "A queue stood still" not in page and "96.67%" not in page
    assert json.loads(Client().get(f"/bulletins/{bulletin.ref}.json").content)["content"] is None

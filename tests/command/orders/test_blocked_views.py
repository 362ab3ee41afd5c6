"""The page of a blocked link is for everybody: both languages, no cookie, no script, and it leads to the appeals."""

from pathlib import Path

import pytest
from django.test import Client
from tests.command.orders.given import settle
from tests.command.people import World
from tests.command.processes.orders_made import mixed_issued

from fanzha.command.orders import blocked_views
from fanzha.command.web.request_rates import RequestRate, counter

pytestmark = pytest.mark.django_db
CONTACT = '[appeals]\naddress = "https://a.example/appeal/"\nhotline = "+861010000"\n'


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    counter.clear()


def test_a_blocked_site_is_explained_in_both_languages(world: World, home: Path) -> None:
    mixed_issued(world)
    settle()
    (home / "fanzha.toml").write_text(CONTACT, "utf-8")
    client = Client()
    english = client.get("/blocked/?host=www.shop.example&language=en")
    chinese = client.get("/blocked/?host=www.shop.example&language=zh-hans").content.decode()
    page = english.content.decode()
    assert english.status_code == 200 and not english.cookies and english["Referrer-Policy"] == "no-referrer"
    assert "shop.example" in page and "tel:110" in page and "Example centre" in page and "+861010000" in page
    assert "该网站已被阻断" in chinese and "96110" in chinese and "《反电信网络诈骗法》" in chinese
    assert "<script" not in page and 'href="http://www.shop' not in page and "host=www.shop.example&amp;" in page
    assert 'href="/appeal/"' in page


def test_an_unknown_host_has_no_order_and_is_not_called_safe(world: World, home: Path) -> None:
    answer = Client().get("/blocked/", {"host": "<b>nothing.example", "language": "en"})
    page = answer.content.decode()
    assert (
        answer.status_code == 404 and "No order is known here" in page and "does not mean that the site is safe" in page
    )
    assert "<b>nothing" not in page and 'href="/appeal/"' in page
    assert Client().get("/blocked/?hash=00&language=en").status_code == 404


def test_one_network_cannot_ask_without_end(world: World, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocked_views, "REQUESTS", RequestRate("blocked pages", 1, 60.0))
    assert Client().get("/blocked/?host=a.example").status_code == 404
    busy = Client().get("/blocked/?host=a.example&language=en")
    assert busy.status_code == 429 and busy["Retry-After"] == "60" and "Too many" in busy.content.decode()

"""The public page of figures: no login, no cookie, no more requests than a person sends."""

from collections.abc import Iterator

import pytest
from django.test import Client

from fanzha.command.statistics import public_views
from fanzha.command.web.request_rates import RequestRate, counter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    counter.clear()
    yield
    counter.clear()


def test_without_a_decision_nothing_is_shown() -> None:
    answer = Client(headers={"accept-language": "en"}).get("/figures/")
    assert answer.status_code == 200 and "No figure has been published yet." in answer.content.decode()
    assert not answer.cookies and "no-store" in answer["Cache-Control"]
    assert "尚未公开任何指标" in Client().get("/figures/?language=zh-hans").content.decode()


def test_a_network_is_slowed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_views, "PAGES", RequestRate("public figures", 1, 60.0))
    assert [Client().get("/figures/").status_code for _ in range(2)] == [200, 429]

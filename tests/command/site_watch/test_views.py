"""The desk shows candidates by what is to be done, and the page of logs what was not seen."""

from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.site_watch.queue import candidate, fill, fill_mentions, follow_demo_log, write_settings

from fanzha.base.clock import to_ms
from fanzha.command.site_watch.models import CandidateSite
from fanzha.command.site_watch.services import import_candidates
from fanzha.command.web.roles import Role
from fanzha.store.site_watch import open_site_watch


@pytest.fixture
def desk(world: World, home: Path) -> World:
    write_settings(world, home)
    fill(home, "strong.example", "weak.example", "beyond.example", per_brand=2)
    import_candidates(timezone.now())
    return world


def test_the_desk_lists_by_score_and_keeps_the_budget_apart(desk: World) -> None:
    client = desk.client("carrier", Role.ANALYST)
    page = client.get("/new-sites/").content.decode()
    assert page.index("strong.example imitates") < page.index("weak.example imitates")
    assert "beyond.example" not in page
    assert "beyond.example imitates" in client.get("/new-sites/?list=beyond").content.decode()
    assert "strong.example" not in client.get("/new-sites/?brand=other.example").content.decode()
    reviewer = desk.client("carrier", Role.REVIEWER).get("/new-sites/").content.decode()
    assert "strong.example" in reviewer and "Report the site" not in reviewer


def test_an_analyst_dismisses_and_hands_on(desk: World) -> None:
    client = desk.client("carrier", Role.ANALYST)
    strong, weak, _ = CandidateSite._base_manager.order_by("-score")
    refused = client.post(f"/new-sites/{strong.ref}/", {"do": "dismiss"}, follow=True).content.decode()
    assert "state the reason" in refused
    client.post(f"/new-sites/{strong.ref}/", {"do": "dismiss", "reason": "a garden club"})
    assert "a garden club" in client.get("/new-sites/?list=dismissed").content.decode()
    answer = client.post(f"/new-sites/{weak.ref}/", {"do": "hand_on"})
    assert answer.status_code == 302 and answer["Location"].startswith("/processes/")
    assert answer["Location"] in client.get("/new-sites/?list=handed_on").content.decode()


def test_an_analyst_has_the_page_looked_at(desk: World) -> None:
    client = desk.client("carrier", Role.ANALYST)
    strong = CandidateSite._base_manager.order_by("-score")[0]
    answer = client.post(f"/new-sites/{strong.ref}/", {"do": "look"})
    assert answer["Location"].startswith("/captures/")
    assert client.get(answer["Location"]).status_code == 200
    assert answer["Location"] in client.get("/new-sites/").content.decode()


def test_the_page_of_logs_shows_what_was_not_seen(desk: World, home: Path) -> None:
    with open_site_watch(home) as store:
        follow_demo_log(store)
        store.add_fork(bytes(32), b"known head", b"other head", "two roots", 7)
    import_candidates(timezone.now())
    page = desk.client("carrier", Role.ANALYST).get("/new-sites/logs/").content.decode()
    for text in ("forked, not followed", "1 withheld by the log", "40 logged before", "HTTP 500", "other head"):
        assert text in page


def test_without_logs_the_page_says_so(world: World, home: Path) -> None:
    assert "No log is followed" in world.client("carrier", Role.ANALYST).get("/new-sites/logs/").content.decode()


def test_names_that_only_mention_a_brand_stand_apart_until_their_page_is_suspect(desk: World, home: Path) -> None:
    fill_mentions(home, "clean.example", "suspect.example")
    import_candidates(timezone.now())
    CandidateSite._base_manager.filter(subject="suspect.example").update(is_suspect=True, score=0.9)
    client = desk.client("carrier", Role.ANALYST)
    page = client.get("/new-sites/").content.decode()
    assert "suspect.example imitates" in page and "clean.example" not in page
    page = client.get("/new-sites/?list=mentions").content.decode()
    assert "clean.example imitates" in page and "suspect.example" not in page and "strong.example" not in page
    assert "imitate none" in page
    with open_site_watch(home) as store:
        store.add_mentions([candidate("new.example")], to_ms(timezone.now()))
    assert "1 found, 0 given to a look" in client.get("/new-sites/logs/").content.decode()

"""A site is looked at afresh before a second person has it blocked, and when somebody objects."""

from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.captures.looks_made import seen
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.subjects.processes import confirmed

from fanzha.command.captures.checks import describe_site
from fanzha.command.captures.models import Capture
from fanzha.command.captures.services import plan_looks, record_outcomes
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.store.look_queue import open_look_queue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
HOST = "login.bank-example.test"


def looks() -> list[tuple[str, str]]:
    with unscoped("test"):
        return list(Capture.objects.order_by("pk").values_list("url", "source"))


def test_a_site_is_looked_at_before_it_is_blocked_and_for_an_objection(world: World, home: Path) -> None:
    (home / "fanzha.toml").write_text("[look]\nenabled = true\n")
    indicator = confirmed(world, f"http://{HOST}/m/")
    assert looks() == [(f"http://{HOST}/", "measure")]
    record_outcomes(timezone.now())
    with open_look_queue() as queue:
        assert queue.count_waiting() == 1
    with unscoped("test"):
        Capture.objects.update(state="failed", asked_at="2026-01-01T00:00Z")
    fire(indicator.ref, "object", actor(world, "centre", Role.CLERK), {"text": "it is ours"})
    assert len(looks()) == 2


def test_without_the_fetcher_nothing_is_planned(world: World) -> None:
    confirmed(world, f"http://{HOST}/m/")
    assert looks() == []


def test_the_page_that_was_seen_is_looked_at_again_unless_that_is_fresh(world: World, home: Path) -> None:
    (home / "fanzha.toml").write_text("[look]\nenabled = true\n")
    capture, now = seen(world["centre"]), timezone.now()
    assert plan_looks(world["centre"], [HOST], "process", now) == 0
    with unscoped("test"):
        Capture.objects.filter(pk=capture.pk).update(asked_at="2026-01-01T00:00Z")
    assert plan_looks(world["centre"], [HOST, HOST, "no host", "bank_.example"], "process", now) >= 1
    assert looks()[1] == (capture.url, "measure")


def test_whoever_decides_sees_the_latest_look(world: World) -> None:
    indicator, viewer = confirmed(world, f"http://{HOST}/m/"), world.viewer("centre", Role.REVIEWER)
    with scoped_to(viewer):
        assert describe_site(indicator, "", viewer) == []
    seen(world["centre"])
    with scoped_to(viewer):
        (fact,) = describe_site(indicator, "", viewer)
    assert "asks for" in str(fact.value)

"""The page says in one sentence which sources are silent, worst first, with what that means and who to call."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.command.detection_rules.factories import operate
from tests.command.exchange.feed_world import feed_of
from tests.command.health.factories import failed_job, source
from tests.command.health.test_components import write_status
from tests.command.people import World

from fanzha.command.exchange.models import Feed
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped


@pytest.mark.parametrize(("language", "words"), [("en", "silent for 40 minutes"), ("zh-hans", "已 40 分钟没有数据")])
def test_a_silent_source_is_named_with_its_time(world: World, home: Path, language: str, words: str) -> None:
    operate(world)
    write_status(home, at=timezone.now())
    client = world.client("carrier", Role.ADMINISTRATOR, language=language)
    content = client.get(reverse("component_health")).content.decode()
    assert words in content and "calls/" in content


def test_detection_that_stopped_is_said(world: World, home: Path) -> None:
    operate(world)
    write_status(home, at=timezone.now() - timedelta(hours=2))
    content = world.client("carrier", Role.ADMINISTRATOR).get(reverse("component_health")).content.decode()
    assert "Continuous detection has stopped" in content


def test_others_see_neither_the_sources_nor_the_commands(world: World, home: Path) -> None:
    operate(world)
    write_status(home, at=timezone.now())
    content = world.client("other_carrier", Role.ADMINISTRATOR).get(reverse("component_health")).content.decode()
    assert "calls/" not in content and "No job waits" in content and "journalctl" not in content


def test_wrong_settings_are_named(world: World, home: Path) -> None:
    operate(world)
    with (home / "fanzha.toml").open("a") as file:
        file.write("[health]\nsilent = 3\n")
    content = world.client("carrier", Role.ADMINISTRATOR).get(reverse("component_health")).content.decode()
    assert "[health]" in content and "silent" in content


@pytest.mark.parametrize(
    ("who", "seen", "unseen"),
    [
        ("ministry", ("near", "far"), ()),
        ("administration", ("near",), ("far",)),
        ("other_carrier", (), ("near", "far")),
    ],
)
def test_supervisors_see_what_their_organisations_reported(
    world: World, home: Path, who: str, seen: tuple[str, ...], unseen: tuple[str, ...]
) -> None:
    source(world, "carrier", "near", silent=timedelta(hours=3))
    source(world, "far_carrier", "far")
    content = world.client(who, Role.ANALYST).get(reverse("component_health")).content.decode()
    assert all(f"<h3>{name}" in content or f">{name}" in content for name in seen)
    assert not any(f">{name}" in content for name in unseen)


def test_a_job_is_run_again_by_its_own_organisation_alone(world: World, home: Path) -> None:
    job = failed_job(world, "carrier", "make_export")
    url = reverse("health_retry", args=[job.pk])
    assert world.client("carrier", Role.ANALYST).post(url).status_code == 403
    assert world.client("administration", Role.ADMINISTRATOR).post(url).status_code == 404
    client = world.client("carrier", Role.ADMINISTRATOR)
    assert "Run it again" in client.get(reverse("component_health")).content.decode()
    assert client.post(url).status_code == 302
    job.refresh_from_db()
    assert job.status == "READY"
    content = client.get(reverse("component_health")).content.decode()
    assert "Run it again" not in content and "waiting: 1" in content


def test_a_silent_feed_is_an_alarm_for_its_subscriber_alone(world: World, home: Path) -> None:
    feed = feed_of(world)
    address, path = reverse("component_health"), reverse("exchange_feed", args=[feed.ref])
    browser = world.client("centre", Role.DUTY_OFFICER)
    assert "partner list" not in browser.get(address).content.decode()
    with unscoped("test"):
        Feed.objects.update(created_at=timezone.now() - timedelta(hours=30), problem="no answer within 10 s")
    page = browser.get(address).content.decode()
    assert "Silent feeds of intelligence" in page and "partner list" in page and path in page and "no answer" in page
    assert path not in world.client("centre", Role.ANALYST).get(address).content.decode()
    assert "partner list" not in world.client("carrier", Role.DUTY_OFFICER).get(address).content.decode()

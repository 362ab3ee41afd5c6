"""The page of health says in words what is silent or late; who operates no rules sees the own jobs alone."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.command.dashboards.test_component_health import write_status
from tests.command.detection_rules.factories import operate
from tests.command.people import World

from fanzha.command.dashboards.health_views import duration_words
from fanzha.command.web.roles import Role


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "This source has been silent for 40 minutes"), ("zh-hans", "该数据源已静默 40 分钟")],
)
def test_a_silent_source_is_named_with_its_time(world: World, home: Path, language: str, words: str) -> None:
    operate(world)
    write_status(home, at=timezone.now())
    client = world.client("carrier", Role.ADMINISTRATOR, language=language)
    content = client.get(reverse("component_health")).content.decode()
    assert words in content and "calls/" in content and "journalctl" not in content


def test_detection_that_stopped_is_said_with_the_commands(world: World, home: Path) -> None:
    operate(world)
    write_status(home, at=timezone.now() - timedelta(hours=2))
    content = world.client("carrier", Role.ADMINISTRATOR).get(reverse("component_health")).content.decode()
    assert "has stopped writing its status" in content and "fanzha up" in content


def test_others_see_their_own_jobs_alone(world: World, home: Path) -> None:
    operate(world)
    write_status(home, at=timezone.now())
    content = world.client("other_carrier", Role.ADMINISTRATOR).get(reverse("component_health")).content.decode()
    assert "calls/" not in content and "No job waits" in content


def test_wrong_settings_are_named(world: World, home: Path) -> None:
    operate(world)
    with (home / "fanzha.toml").open("a") as file:
        file.write("[health]\nsilent = 3\n")
    content = world.client("carrier", Role.ADMINISTRATOR).get(reverse("component_health")).content.decode()
    assert "[health]" in content and "silent" in content


def test_times_are_said_in_their_largest_unit() -> None:
    words = [duration_words(timedelta(seconds=seconds)) for seconds in (1, 59, 61, 7_300, 200_000)]
    assert words == ["1 second", "59 seconds", "1 minute", "2 hours", "2 days"]

"""Who found a victim is reminded once of her when the time to reach her is over and nobody has begun."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.dissuasions import begun
from tests.command.subjects.factories import NUMBER, finding_row, subject

from fanzha.command.processes.models import Notification
from fanzha.command.subjects.victim_reminders import remind_of_victims

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def found(world: World, minutes: int, **changes: Any) -> datetime:
    now = timezone.now()
    values: dict[str, Any] = {
        "role": "victim",
        "came_in_at": now - timedelta(minutes=minutes),
        "valid_until": now + timedelta(days=1),
    }
    finding_row(world["carrier"], subject(NUMBER), **values | changes)
    return now


def test_once_and_to_who_found_her(world: World) -> None:
    now = found(world, 6)
    assert remind_of_victims(now) == 1 and remind_of_victims(now + timedelta(minutes=1)) == 0
    (made,) = Notification._base_manager.all()
    assert made.owner_id == world["carrier"].pk and made.urgent and NUMBER not in made.text_zh + made.text_en
    assert made.path == f"/subjects/{subject(NUMBER).ref}/"  # the message leads to her page


def test_not_before_her_time_is_over(world: World) -> None:
    now = found(world, 4)
    assert remind_of_victims(now) == 0 and remind_of_victims(now + timedelta(minutes=2)) == 1


def test_not_once_somebody_has_begun(world: World) -> None:
    now = found(world, 30)
    begun(world)
    assert remind_of_victims(now) == 0


def test_not_of_who_is_suspected_too(world: World) -> None:
    now = found(world, 30)
    finding_row(world["carrier"], subject(NUMBER))
    assert remind_of_victims(now) == 0


def test_the_reminder_is_gone_once_somebody_has_begun(world: World) -> None:
    remind_of_victims(found(world, 6))
    begun(world)
    assert Notification._base_manager.get(key__startswith="victim-waits").read_at is not None

"""A detector is blind if no other source of its organisation brings what it reads."""

from datetime import timedelta

from django.utils import timezone
from tests.command.people import World

from fanzha.command.health.fault_effects import find_effect, table_words
from fanzha.command.health.models import ReportedComponent
from fanzha.command.health.selectors import list_components
from fanzha.command.health.services import report
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

CALLS = ["call_offered", "call_answered", "call_ended"]


def effect_of_silence(world: World, *others: ReportedComponent) -> tuple[int, int, int]:
    now = timezone.now()
    silent = ReportedComponent(name="silent", tables=CALLS, last_at=now - timedelta(hours=1))
    report(world["carrier"].pk, [silent, *others], now)
    with scoped_to(viewer := world.viewer("carrier", Role.ANALYST)):
        states = list_components(viewer, now)
    found = find_effect(states[0], states)
    return len(found.blind), len(found.weaker), len(found.laws)


def test_another_source_of_calls_keeps_detectors_seeing(world: World, home: object) -> None:
    blind, weaker, laws = effect_of_silence(world)
    assert blind > 5 and weaker == 0 and laws > 0
    other = ReportedComponent(name="other", tables=CALLS, last_at=timezone.now())
    assert effect_of_silence(world, other) == (0, blind, 0)


def test_tables_are_said_once_in_words() -> None:
    assert table_words([*CALLS, "message", "odd_table"]) == ["calls", "texts", "odd table"]

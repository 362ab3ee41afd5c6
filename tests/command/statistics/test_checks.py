"""What the process of a form asks beyond its definition: a past day, a title with the period, facts of steps."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.statistics.forms_made import filled

from fanzha.base.clock import to_ms
from fanzha.command.processes.services import open_process
from fanzha.command.statistics.checks import COMPUTED, describe_form
from fanzha.command.statistics.form_values import PROCESS, form_of
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

pytestmark = pytest.mark.django_db


def test_a_form_of_a_time_to_come_is_refused(world: World) -> None:
    evidence = {"form": "combat", "day": to_ms(timezone.now() + timedelta(days=2))}
    with pytest.raises(Refusal, match="ahead"):
        open_process(PROCESS, "open_form", world["carrier"], actor(world, "carrier", Role.CLERK), evidence)


def test_a_form_is_called_by_its_period() -> None:
    title = COMPUTED[PROCESS, "open_form"].title
    assert title is not None and title({"form": "combat", "day": 1_760_000_000_000}) == "2025-10"
    assert title({"form": "combat"}) == "" and title({}) == ""


def test_a_step_shows_form_period_and_empty_fields(month: World) -> None:
    instance = filled(month)
    with unscoped("test"):
        facts = {fact.key: fact.value for fact in describe_form(instance, "", month.viewer("carrier", Role.REVIEWER))}
    assert facts == {"Form": "Public reports", "Period": "2026-10", "Empty fields": "2 / 9"}


def test_a_form_is_of_a_week_or_a_year_only_where_it_has_such_a_period(world: World) -> None:
    clerk, day = actor(world, "carrier", Role.CLERK), to_ms(timezone.now() - timedelta(days=40))
    weekly = open_process(PROCESS, "open_form", world["carrier"], clerk, {"form": "combat", "span": "week", "day": day})
    with unscoped("test"):
        assert form_of(weekly)[1].kind == "week"
    with pytest.raises(Refusal, match="no such period"):
        open_process(PROCESS, "open_form", world["carrier"], clerk, {"form": "combat", "span": "year", "day": day})

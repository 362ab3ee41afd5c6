"""Late is what let a deadline pass since it came to stand where it stands, by its own doing."""

from datetime import timedelta

from django.utils import timezone
from tests.command.dashboards.late import late_order, pass_all
from tests.command.people import World
from tests.command.processes.orders_made import actor, drafted, issued

from fanzha.command.processes.lateness import is_late, late_legs, missed_by_receiver, receivers_deadlines
from fanzha.command.processes.models import Leg, ProcessInstance
from fanzha.command.processes.process_settings import known_processes
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import everything, seen_by


def test_receivers_answer_for_the_deadlines_of_their_own_steps() -> None:
    legs = known_processes()["order"].legs
    assert legs
    assert receivers_deadlines(legs) == ["acknowledge", "answer_at_all", "execute", "report_lifted"]


def test_a_leg_is_late_when_its_deadline_has_passed_and_not_before(world: World) -> None:
    now = timezone.now()
    with everything("a test looks at all legs"):
        issued(world, now)
        assert not late_legs(Leg.objects.all(), now).exists()
        assert late_legs(Leg.objects.all(), now + timedelta(minutes=6)).count() == 3


def test_an_escalation_that_waits_next_does_not_make_it_timely_again(world: World) -> None:
    with everything("a test looks at all legs"):
        late_order(world)
        assert late_legs(Leg.objects.all(), timezone.now()).count() == 3


def test_whoever_acts_is_late_no_more_but_was(world: World) -> None:
    now = timezone.now()
    with everything("a test looks at all legs"):
        made = late_order(world, ("carrier",))
        fire(made.ref, "acknowledge", actor(world, "carrier", Role.EXECUTOR), {}, leg=made.legs.get().name)
        assert not late_legs(Leg.objects.all(), now).exists()
        assert Leg.objects.filter(missed_by_receiver(known_processes(), now)).count() == 1


def test_a_process_is_late_by_its_own_deadline_until_it_moves_on(world: World) -> None:
    now = timezone.now()
    with everything("a test looks at all processes"):
        made = drafted(world, now - timedelta(minutes=30))
        assert ProcessInstance.objects.filter(is_late(now)).get() == made
        pass_all(made, now)
        made.refresh_from_db()
        assert ProcessInstance.objects.filter(is_late(now)).get() == made
        assert made.clock_at is not None and made.clock_at == made.late_since and made.clock_at < now
        fire(made.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "yes"})
        made.refresh_from_db()
        assert not ProcessInstance.objects.filter(is_late(now)).exists() and made.clock_at == made.due_at


def test_a_process_is_late_by_a_leg_and_only_to_those_who_may_see_the_leg(world: World) -> None:
    now = timezone.now()
    with everything("a test looks at all processes"):
        made = issued(world, now - timedelta(minutes=10))
        pass_all(made, now)
        fire(
            made.ref,
            "acknowledge",
            actor(world, "carrier", Role.EXECUTOR),
            {},
            leg=made.legs.get(receiver=world["carrier"]).name,
        )
    for name, expected in {"centre": True, "other_mvno": True, "carrier": False, "bank": False}.items():
        with seen_by(world.viewer(name, Role.EXECUTOR)):
            assert ProcessInstance.objects.filter(is_late(now)).exists() is expected, name

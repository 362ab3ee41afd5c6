"""Late is what let a deadline pass since it came to stand where it stands, by its own doing."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.dashboards.late import late_order, pass_all
from tests.command.evidence_uploads import upload_for_all
from tests.command.people import World
from tests.command.processes.orders_made import actor, drafted, issued

from fanzha.base.clock import to_ms
from fanzha.command.processes.models import Leg, Notification, OutboxItem, ProcessInstance
from fanzha.command.processes.notifications import notify_police
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.processes.parties import select_named_organizations, to_actor, to_party, viewer_party_roles
from fanzha.command.processes.process_settings import load_processes
from fanzha.command.processes.selectors import is_late, late_legs, missed_by_receiver, receiver_deadlines
from fanzha.command.processes.services import fire, open_process
from fanzha.command.processes.worker import fire_due_timers
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.processes.parties import PartyRole
from fanzha.processes.refusal import Refusal


def test_receivers_answer_for_the_deadlines_of_their_own_steps() -> None:
    legs = load_processes()["order"].legs
    assert legs
    assert receiver_deadlines(legs) == ["acknowledge", "answer_at_all", "execute", "report_lifted"]


def test_a_leg_is_late_when_its_deadline_has_passed_and_not_before(world: World) -> None:
    now = timezone.now()
    with unscoped("a test looks at all legs"):
        issued(world, now)
        assert not late_legs(Leg.objects.all(), now).exists()
        assert late_legs(Leg.objects.all(), now + timedelta(minutes=6)).count() == 3


def test_an_escalation_that_waits_next_does_not_make_it_timely_again(world: World) -> None:
    with unscoped("a test looks at all legs"):
        late_order(world)
        assert late_legs(Leg.objects.all(), timezone.now()).count() == 3


def test_whoever_acts_is_late_no_more_but_was(world: World) -> None:
    now = timezone.now()
    with unscoped("a test looks at all legs"):
        made = late_order(world, ("carrier",))
        fire(made.ref, "acknowledge", actor(world, "carrier", Role.EXECUTOR), {}, leg=made.legs.get().name)
        assert not late_legs(Leg.objects.all(), now).exists()
        assert Leg.objects.filter(missed_by_receiver(load_processes(), now)).count() == 1


def test_a_process_is_late_by_its_own_deadline_until_it_moves_on(world: World) -> None:
    now = timezone.now()
    with unscoped("a test looks at all processes"):
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
    with unscoped("a test looks at all processes"):
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
        with scoped_to(world.viewer(name, Role.EXECUTOR)):
            assert ProcessInstance.objects.filter(is_late(now)).exists() is expected, name


def report_asked(world: World) -> ProcessInstance:
    """A yearly report that the administration wants from the platform."""
    given = {
        "licence_holder": to_party(world["platform"]),
        "year": 2025,
        "report_by": to_ms(timezone.now() + timedelta(days=30)),
    }
    inspector = actor(world, "administration", Role.INSPECTOR)
    return open_process("annual_report", "open_year", world["administration"], inspector, given)


def test_the_one_concerned_reads_the_process_is_told_and_acts(world: World) -> None:
    report = report_asked(world)
    viewer = world.viewer("platform", Role.LIAISON)
    with scoped_to(viewer):
        seen = ProcessInstance.objects.select_related("version").get(ref=report.ref)
        party_roles = viewer_party_roles(seen, viewer)
    assert party_roles == {PartyRole.SUBJECT}
    fire(report.ref, "draft", to_actor(viewer, party_roles), {"values": upload_for_all([b"made up"])})
    deliver_due(timezone.now())
    with unscoped("test"):
        told = Notification.objects.get(owner=world["platform"])
    assert told.urgent and told.instance == report and told.text_en.startswith("You were named: Yearly information")


def test_what_the_one_concerned_is_told_stands_on_its_desk_too(world: World) -> None:
    report = report_asked(world)
    report.refresh_from_db()
    with unscoped("test"):
        timer = report.timers.get()
    fire_due_timers(timer.due_at + timedelta(seconds=1))
    deliver_due(timer.due_at + timedelta(minutes=1))
    with unscoped("test"):
        texts = [one.text_en for one in Notification.objects.filter(owner=world["platform"])]
    assert "The yearly report is overdue; please hand it in within the time set" in texts


def test_nobody_else_sees_it_or_has_a_standing(world: World) -> None:
    report = report_asked(world)
    viewer = world.viewer("isp", Role.LIAISON)
    with scoped_to(viewer):
        assert not ProcessInstance.objects.exists()
    with unscoped("test"):
        assert viewer_party_roles(report, viewer) == frozenset()
        assert select_named_organizations(report, PartyRole.SUBJECT) == [world["platform"]]
        assert select_named_organizations(report, PartyRole.APPLICANT) == []


def test_an_organisation_of_another_kind_cannot_be_named(world: World) -> None:
    given = {
        "trunk": "T-1",
        "range": "+8617000000",
        "day": to_ms(timezone.now()),
        "calls": 9,
        "facts": upload_for_all([b"x"]),
    }
    analyst = actor(world, "carrier", Role.ANALYST)
    case = open_process("caller_case", "open", world["carrier"], analyst, given)
    with pytest.raises(Refusal, match="must be one of: Carriers and MVNOs"):
        fire(case.ref, "ask_first_hop", analyst, {"asked": to_party(world["bank"])})


def test_a_hop_that_is_asked_answers_and_names_the_next(world: World) -> None:
    given = {
        "trunk": "T-1",
        "range": "+8617000000",
        "day": to_ms(timezone.now()),
        "calls": 9,
        "facts": upload_for_all([b"x"]),
    }
    analyst = actor(world, "carrier", Role.ANALYST)
    case = open_process("caller_case", "open", world["carrier"], analyst, given)
    fire(case.ref, "ask_first_hop", analyst, {"asked": to_party(world["other_carrier"])})
    hop = world.viewer("other_carrier", Role.ANALYST)
    with scoped_to(hop):
        assert ProcessInstance.objects.filter(ref=case.ref).exists()
    answer = {"upstream": "the next", "answer": upload_for_all([b"made up"]), "asked": to_party(world["far_carrier"])}
    fire(case.ref, "hop_answers", to_actor(hop), answer)
    for name in ("other_carrier", "far_carrier"):  # who has answered goes on reading
        with scoped_to(world.viewer(name, Role.ANALYST)):
            assert ProcessInstance.objects.filter(ref=case.ref).exists()


def stopped(world: World) -> ProcessInstance:
    """Money that a bank holds, as two people of the police decided."""
    given = {
        "victim": "a made-up victim",
        "accounts": ("6217000000000000000",),
        "amount": 5,
        "paid_at": to_ms(timezone.now()),
        "banks": (to_party(world["bank"]),),
        "hold_ends_at": to_ms(timezone.now() + timedelta(hours=48)),
    }
    stop = open_process("stop_payment", "request", world["police"], actor(world, "police", Role.ANALYST), given)
    fire(stop.ref, "approve", actor(world, "police", Role.REVIEWER), {"opinion": "yes"})
    deliver_due(timezone.now())
    return stop


@pytest.mark.parametrize("name", ["carrier", "centre", "bank"])
def test_nobody_but_the_police_decides_on_a_stop_of_payment(world: World, name: str) -> None:
    with pytest.raises(Refusal, match="cannot start this process"):
        open_process("stop_payment", "request", world[name], actor(world, name, Role.ANALYST), {})


def test_a_bank_that_holds_money_takes_part_and_an_appeal_does_not_bar_a_freeze(world: World) -> None:
    stop = stopped(world)
    viewer = world.viewer("police", Role.REVIEWER)
    with scoped_to(world.viewer("bank", Role.CLERK)):
        assert ProcessInstance.objects.filter(ref=stop.ref).exists()
    fire(stop.ref, "appeal", actor(world, "bank", Role.CLERK), {"text": "it is my wage"})
    document = upload_for_all([b"made up"])
    frozen = {"document": document, "hold_ends_at": to_ms(timezone.now() + timedelta(days=90))}
    with pytest.raises(Refusal):
        fire(stop.ref, "freeze", to_actor(viewer), frozen)
    fire(stop.ref, "freeze_while_appealed", to_actor(viewer), frozen)
    fire_due_timers(timezone.now() + timedelta(hours=49))  # the hold would be over, the freeze is not
    stop.refresh_from_db()
    assert stop.state == "freeze_appealed"
    other = world.viewer("police", Role.LIAISON, Role.REVIEWER)._replace(unit="appeals")
    fire(stop.ref, "reject_freeze_appeal", to_actor(other), {"reason": "the papers are in order"})
    stop.refresh_from_db()
    assert stop.state == "frozen"


def test_police_do_not_tell_themselves(world: World) -> None:
    case = OutboxItem(key="k", instance=report_asked(world), effect="notify_police", payload={"event": "open_year"})
    with unscoped("test"):
        notify_police(case)
        assert [one.owner for one in Notification.objects.filter(key__startswith="k:")] == [world["police"]]
        case.key, case.instance.owner = "l", world["police"]
        notify_police(case)
        assert not Notification.objects.filter(key__startswith="l:").exists()

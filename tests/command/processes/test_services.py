"""Processes are opened, move on and end by the engine alone, and all of it is on record."""

import json
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from tests.command.campaigns.factories import campaign
from tests.command.people import World
from tests.command.processes.audits_made import marked_once
from tests.command.processes.orders_made import actor, draft_evidence, drafted, issued
from tests.command.processes.test_openings import RECHECK, changed
from tests.command.subjects.factories import finding_row, subject
from tests.command.web.api.asking import asking

from fanzha.base.clock import to_ms
from fanzha.base.marking import Marking
from fanzha.claims.verdict import Level
from fanzha.command.audit.models import LogEntry, LogHead
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models import Leg, OutboxItem, ProcessInstance, Step, SubjectNotice, Timer
from fanzha.command.processes.services import About, fire, is_simulated, open_process, record_delivery
from fanzha.command.processes.worker import fire_due_timers, run_once
from fanzha.command.subjects.opinions import OpinionDraft, give_opinions
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.processes.parties import Actor
from fanzha.processes.refusal import Reason, Refusal


def test_an_approved_order_has_a_leg_for_each_receiver(world: World) -> None:
    order = issued(world)
    assert order.state == "issued" and order.revision == 2
    with unscoped("test"):
        legs = Leg.objects.filter(instance=order)
        assert {leg.receiver.pk for leg in legs} == {world[name].pk for name in ("carrier", "mvno", "other_mvno")}
        assert {leg.state for leg in legs} == {"sent"} and all(leg.due_at for leg in legs)
        assert [step.event for step in Step.objects.filter(instance=order)][:2] == ["draft", "approve"]
        effects = OutboxItem.objects.filter(instance=order).values_list("effect", flat=True)
        assert sorted(effects) == ["dispatch_leg"] * 3 + ["notify_subject", "publish_decision"]


def test_approving_an_order_has_it_anchored_at_once_and_drafting_does_not(world: World) -> None:
    order = drafted(world)
    assert LogHead.objects.get().anchor_due == 0
    fire(order.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "yes"})
    head = LogHead.objects.get()
    assert head.anchor_due == head.number > 0


def test_the_drafter_cannot_approve_his_own_order(world: World) -> None:
    order = drafted(world)
    both = actor(world, "centre", Role.ANALYST, Role.REVIEWER)
    with pytest.raises(Refusal) as refused:
        fire(order.ref, "approve", both, {"opinion": "mine"})
    assert refused.value.reason in (Reason.SAME_PERSON, Reason.ROLE)
    with unscoped("test"):
        assert ProcessInstance.objects.get(pk=order.pk).state == "drafted"
        assert Step.objects.filter(instance=order).count() == 1


def test_who_looked_before_another_acted_is_told_who_was_first(world: World) -> None:
    order = drafted(world)
    reviewer = actor(world, "centre", Role.REVIEWER)
    fire(order.ref, "approve", reviewer, {"opinion": "yes"}, revision=1)
    with pytest.raises(Refusal, match="centre reviewer was first"):
        fire(order.ref, "send_back", reviewer, {"reason": "no"}, revision=1)


def test_the_same_reference_opens_a_process_once(world: World) -> None:
    now = timezone.now()
    analyst = actor(world, "centre", Role.ANALYST)
    one = open_process("order", "draft", world["centre"], analyst, draft_evidence(world, now), at=now, ref="0" * 26)
    two = open_process("order", "draft", world["centre"], analyst, draft_evidence(world, now), at=now, ref="0" * 26)
    assert one.pk == two.pk
    with unscoped("test"):
        assert Step.objects.filter(instance=one).count() == 1


def test_a_deadline_passes_once_whatever_the_clock_does(world: World) -> None:
    start = timezone.now()
    order = issued(world, start)
    late = start + timedelta(minutes=5, seconds=1)
    assert fire_due_timers(start + timedelta(minutes=4)) == 0
    assert fire_due_timers(late) == 3  # one a leg
    assert fire_due_timers(late - timedelta(hours=1)) == 0 and fire_due_timers(late) == 0
    with unscoped("test"):
        escalations = OutboxItem.objects.filter(instance=order, effect="escalate")
        assert escalations.count() == 3 == len(set(escalations.values_list("key", flat=True)))


def test_a_receiver_sees_its_own_leg_and_nothing_of_the_others(world: World) -> None:
    order = issued(world)
    with scoped_to(world.viewer("carrier", Role.EXECUTOR)):
        assert [leg.receiver_id for leg in Leg.objects.filter(instance=order)] == [world["carrier"].pk]
    with scoped_to(world.viewer("centre", Role.ANALYST)):
        assert Leg.objects.filter(instance=order).count() == 3
    with scoped_to(world.viewer("other_carrier", Role.EXECUTOR)):
        assert not ProcessInstance.objects.exists() and not Leg.objects.exists() and not Step.objects.exists()


def test_an_ended_order_keeps_no_timer_waiting(world: World) -> None:
    order = drafted(world)
    fire(order.ref, "refuse_draft", actor(world, "centre", Role.REVIEWER), {"reason": "too few signs"})
    order.refresh_from_db()
    assert order.state == "dropped" and order.ended_at is not None and order.due_at is None
    assert not Timer.objects.filter(instance=order, state="waiting").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second", ["approve", "refuse_draft"])
def test_of_two_second_persons_at_the_same_instant_one_wins(world: World, second: str) -> None:
    """Two people, two connections, on a database in files or on a server; what they decide may differ."""
    for _ in range(5):
        order = drafted(world)
        ready, outcomes = Barrier(2), list[str]()
        people = (
            ("approve", actor(world, "centre", Role.REVIEWER)),
            (second, actor(world, "centre", Role.DUTY_OFFICER, Role.REVIEWER)),
        )
        threads = [Thread(target=_decide, args=(order.ref, *one, ready, outcomes)) for one in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with unscoped("test"):
            won = [step.event for step in Step.objects.filter(instance=order, leg="").order_by("number")][1:]
            effects = OutboxItem.objects.filter(instance=order, effect="publish_decision").count()
        assert len(won) == 1 and len(outcomes) == 2 and won[0] in outcomes
        outcomes.remove(won[0])
        # Who came second read before the first was done (another state) or after (refused, it has ended).
        assert outcomes[0] in ((Reason.STATE, Reason.ENDED) if won[0] == "refuse_draft" else (Reason.STATE,))
        assert effects == (1 if won[0] == "approve" else 0)


def _decide(ref: str, event: str, who: Actor, ready: Barrier, outcomes: list[str]) -> None:
    given = {"approve": {"opinion": "yes"}, "refuse_draft": {"reason": "no"}}
    ready.wait()
    try:
        fire(ref, event, who, given[event])
        outcomes.append(event)
    except Refusal as refused:
        outcomes.append(refused.reason)
    finally:
        connection.close()


def test_a_step_is_not_proven_by_a_file_that_nobody_handed_in(world: World) -> None:
    document = {"notice_withheld_until": to_ms(timezone.now() + timedelta(days=1)), "withholding_document": "0" * 64}
    evidence = draft_evidence(world, timezone.now(), ("carrier",)) | document
    with pytest.raises(Refusal, match="not uploaded"):
        open_process("order", "draft", world["police"], actor(world, "police", Role.ANALYST), evidence)


def test_a_delivery_is_recorded_once_with_who_said_so(world: World) -> None:
    issued(world)
    run_once()
    clerk = actor(world, "centre", Role.CLERK)
    with unscoped("test"):
        notice = SubjectNotice.objects.select_related("instance").get()
        assert record_delivery(notice, "registered letter", clerk)
        assert not record_delivery(notice, "again", clerk)
        notice.refresh_from_db()
        entries = list(LogEntry.objects.filter(kind="notice_delivered"))
    assert notice.delivered_by == "registered letter" and notice.delivered_at and notice.delivered_at <= timezone.now()
    assert [entry.actor for entry in entries] == [clerk.person]


# What is opened about something made up is an exercise; what is real outweighs it.


@pytest.fixture
def real(world: World) -> Organization:
    """A carrier that is no made-up one."""
    Organization.objects.filter(pk=world["carrier"].pk).update(simulated=False)
    world["carrier"].refresh_from_db()
    return world["carrier"]


def test_nothing_is_an_exercise_by_itself(world: World, real: Organization) -> None:
    assert not is_simulated(real, About()) and not is_simulated(real, About(subject="none", campaign="none"))
    assert is_simulated(world["centre"], About()) and is_simulated(real, About(simulated=True))


@pytest.mark.parametrize("made_up", [True, False])
def test_it_is_as_its_campaign_is(real: Organization, made_up: bool) -> None:
    assert is_simulated(real, About(campaign=campaign(real, simulated=made_up).ref)) is made_up


def test_it_is_as_its_subject_is_until_something_real_is_known_of_it(world: World, real: Organization) -> None:
    about = About(kind="phone_number", subject=subject().ref)
    assert not is_simulated(real, about)
    finding_row(real, simulated=True)
    assert is_simulated(real, about)
    viewer = world.viewer("carrier", Role.ANALYST)
    give_opinions([subject()], OpinionDraft(Level.WATCH, simulated=True), viewer, timezone.now())
    assert is_simulated(real, about)
    give_opinions([subject()], OpinionDraft(Level.WATCH), viewer, timezone.now())
    assert not is_simulated(real, about)


def test_a_real_finding_makes_it_real(real: Organization) -> None:
    finding_row(real, simulated=True)
    finding_row(real, trigger="another")
    assert not is_simulated(real, About(subject=subject().ref))


@pytest.mark.parametrize("made_up", [True, False])
def test_the_page_and_the_api_open_it_as_what_it_is_about(world: World, real: Organization, made_up: bool) -> None:
    finding_row(real, simulated=made_up)
    about = {"about_kind": "phone_number", "about": subject().ref}
    lead = {"fraud_type": "a loan", "grade": "plain", "summary": "calls by night", "subjects": subject().value}
    client = world.client("carrier", Role.ANALYST)
    address = reverse("process_open", args=["lead", "draft"])
    page = client.post(address, {**about, **lead, "receivers": [world["police"].pk]})
    assert page.status_code == 302, page.content.decode()
    evidence = {**lead, "subjects": [subject().value], "receivers": [world["police"].ref]}
    asks = asking(world, "carrier", scopes=["flows:write"], roles=["analyst"])
    body = {"process": "lead", "event": "draft", "evidence": evidence, **about}
    answer = asks.post("/api/v1/flows/instances", body, "application/json")
    assert answer.status_code == 201, answer.content
    assert [one.simulated for one in ProcessInstance._base_manager.all()] == [made_up, made_up]


def test_what_follows_by_api_is_what_the_one_before_is(world: World, real: Organization) -> None:
    followed = changed(world)
    ProcessInstance._base_manager.update(marking=Marking.RED)
    asks = asking(world, "carrier", scopes=["flows:write"], roles=["analyst"])
    body = {"process": "key_service_recheck", "event": "begin", "evidence": RECHECK, "follows": followed.pk}
    answer = asks.post("/api/v1/flows/instances", body, "application/json")
    assert answer.status_code == 201, answer.content
    made = ProcessInstance._base_manager.get(process="key_service_recheck")
    assert (made.simulated, made.marking, made.title) == (True, Marking.RED, "400 made up")


# Each step is in the evidence log, with what is personal, or hidden as yet, as a commitment only.


def test_steps_are_in_the_log_and_personal_values_are_not(world: World) -> None:
    order = drafted(world)
    fire(order.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "yes"})
    with unscoped("test"):
        entries = list(LogEntry.objects.filter(process=order.ref).order_by("pk"))
    facts = [json.loads(entry.facts) if isinstance(entry.facts, str | bytes) else entry.facts for entry in entries]
    assert [one["event"] for one in facts] == ["draft", "approve"]
    assert [entry.actor for entry in entries] == [
        world.person("centre", role).ref for role in (Role.ANALYST, Role.REVIEWER)
    ]
    assert "17000001234" not in str([(entry.facts, entry.personal) for entry in entries])


def test_what_is_hidden_from_others_is_sealed_as_what_is_personal(world: World) -> None:
    audit, name = marked_once(world)
    with unscoped("test"):
        entry = LogEntry.objects.filter(process=audit.ref).order_by("pk").last()
    assert entry is not None and name not in entry.facts
    assert "marks" in entry.personal and name not in entry.personal

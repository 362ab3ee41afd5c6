"""Steps set and lift police cases, share subjects and take that back; carried out twice, they do nothing twice."""

from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.subjects.processes import FILE, case_in, confirmed, days

from fanzha.base.clock import from_ms
from fanzha.base.marking import Marking
from fanzha.claims.verdict import CaseStatus, Level
from fanzha.command.audit.models import LogEntry
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models import Notification, OutboxItem, ProcessInstance
from fanzha.command.processes.parties import to_party
from fanzha.command.processes.services import fire, open_process
from fanzha.command.processes.worker import run_once
from fanzha.command.subjects.effects import EFFECTS
from fanzha.command.subjects.models import PoliceCase, Share, Subject, Unpublished, VerdictRow
from fanzha.command.subjects.opinions import OpinionDraft, give_opinions
from fanzha.command.subjects.subject_publication import _strongest_cases
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.processes.effects import Effect

pytestmark = pytest.mark.django_db
NUMBERS = ("+8617000000001", "+8617000000002")


def done(instance: ProcessInstance, *effects: Effect) -> None:
    """Carry the latest of each effect out twice."""
    with unscoped("test"):
        for effect in effects:
            item = OutboxItem.objects.filter(instance=instance, effect=effect).order_by("-step")[0]
            for _ in range(2):
                EFFECTS[effect].run(OutboxItem.objects.get(pk=item.pk))


def in_force(world: World) -> ProcessInstance:
    made = case_in(world, *NUMBERS)
    accepted = {"check": "papers are in order", "told": (to_party(world["carrier"]),)}
    fire(made.ref, "accept", actor(world, "police", Role.REVIEWER), accepted)
    done(made, Effect.SET_CASE_STATUS)
    return made


def cases() -> list[tuple[str, str, str]]:
    return sorted(PoliceCase._base_manager.values_list("subject__value", "status", "reference"))


def test_a_case_in_force_stands_beside_each_number_until_its_end(world: World) -> None:
    in_force(world)
    assert cases() == [(number, CaseStatus.CONFIRMED, "A-2026-1") for number in NUMBERS]
    assert {row.until for row in PoliceCase._base_manager.all()} == {from_ms(days(30))}
    assert Subject.as_read_by(world.viewer("police")).count() == 2
    assert LogEntry._base_manager.filter(kind="case_status").exists()


def test_a_prolonged_case_has_the_new_end(world: World) -> None:
    made = in_force(world)
    given = {"status_ends_at": days(60), "document": FILE}
    fire(made.ref, "prolong", actor(world, "police", Role.LIAISON), given)
    done(made, Effect.SET_CASE_STATUS)
    assert {row.until for row in PoliceCase._base_manager.all()} == {from_ms(days(60))}


def test_a_released_number_is_out_of_the_case_and_others_stay(world: World) -> None:
    made = in_force(world)
    other = PoliceCase._base_manager.filter(subject__value=NUMBERS[0])[0]
    other.pk, other.reference, other.process = None, "B-7", "another"
    other.save()
    fire(made.ref, "release", actor(world, "police", Role.REVIEWER), {"document": FILE})
    done(made, Effect.CLEAR_CASE_STATUS)
    assert cases() == [
        (NUMBERS[0], CaseStatus.CONFIRMED, "B-7"),
        (NUMBERS[0], CaseStatus.WITHDRAWN, "A-2026-1"),
        (NUMBERS[1], CaseStatus.WITHDRAWN, "A-2026-1"),
    ]


def test_a_case_whose_time_is_over_is_not_said_to_be_withdrawn(world: World) -> None:
    made = in_force(world)
    item = OutboxItem(key="over", instance=made, effect=Effect.CLEAR_CASE_STATUS, payload={"event": "expire"})
    with unscoped("test"):
        for _ in range(2):
            EFFECTS[Effect.CLEAR_CASE_STATUS].run(item)
    rows = list(PoliceCase._base_manager.all())
    assert {row.status for row in rows} == {CaseStatus.CONFIRMED} and all(
        row.until and row.until < from_ms(days(1)) for row in rows
    )


def test_the_screens_are_told_where_there_is_an_operator(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    in_force(world)
    assert not Unpublished.objects.exists()
    (tmp_path / "fanzha.toml").write_text('[verdicts]\norganisation = "Example carrier"\n')
    in_force(world)
    assert {row.subject.value for row in Unpublished.objects.all()} == set(NUMBERS)


def test_a_confirmed_site_is_shared_with_those_who_act_on_it_until_it_ends(world: World) -> None:
    made = confirmed(world, "http://pay.example.com/x")
    done(made, Effect.SHARE)
    shares = list(Share._base_manager.select_related("subject"))
    assert {row.receiver for row in shares} == {world["isp"], world["carrier"]} and len(shares) == 2
    assert {row.until for row in shares} == {from_ms(days(10))}
    assert [one.value for one in Subject.as_read_by(world.viewer("isp"))] == ["pay.example.com"]
    assert not Subject.as_read_by(world.viewer("bank")).exists()


def test_what_was_retracted_is_read_no_more_and_other_shares_stay(world: World) -> None:
    made = confirmed(world, "http://pay.example.com/x")
    done(made, Effect.SHARE)
    kept = Share._base_manager.create(
        subject=Subject._base_manager.get(),
        owner=world["bank"],
        receiver=world["isp"],
        purpose="another",
        shared_at=made.opened_at,
    )
    fire(made.ref, "retract", actor(world, "centre", Role.REVIEWER), {"mistake": "the wrong site"})
    done(made, Effect.RETRACT_SHARE)
    assert [row.pk for row in Share._base_manager.filter(ended_at=None)] == [kept.pk]
    assert made.marking == Marking.AMBER and not Subject.as_read_by(world.viewer("carrier")).exists()


def test_what_a_process_shares_is_weighed_by_its_receivers_as_long_as_it_is_shared(world: World) -> None:
    made = confirmed(world, "http://pay.example.com/x")
    done(made, Effect.SHARE)
    suspected = OpinionDraft(Level.SUSPECTED, score=1.0, marking=Marking.RED)
    give_opinions([Subject._base_manager.get()], suspected, world.viewer("centre", Role.ANALYST), timezone.now())
    held = VerdictRow._base_manager.filter(owner=world["carrier"], superseded_at=None)
    done(made, Effect.SHARE)  # a longer share, say: what was said since is weighed too
    assert list(held.values_list("level", flat=True)) == ["watch"]
    fire(made.ref, "retract", actor(world, "centre", Role.REVIEWER), {"mistake": "the wrong site"})
    done(made, Effect.RETRACT_SHARE)
    assert not held.exists()


def test_carriers_who_are_told_of_a_case_number_see_it_and_its_end(world: World) -> None:
    made, viewer = in_force(world), world.viewer("carrier", Role.ANALYST)
    run_once()
    with scoped_to(viewer):
        assert ProcessInstance.objects.filter(ref=made.ref).exists()
        assert {one.subject.value for one in PoliceCase.objects.select_related("subject")} == set(NUMBERS)
        assert Notification.objects.get().text_en.startswith("You were named: Police case number")
    with scoped_to(world.viewer("other_carrier", Role.ANALYST)):
        assert not ProcessInstance.objects.exists() and not PoliceCase.objects.exists()
    given = {"status_ends_at": days(60), "document": FILE}
    fire(made.ref, "prolong", actor(world, "police", Role.LIAISON), given)
    run_once()
    assert {row.until for row in Share._base_manager.all()} == {from_ms(days(60))}
    fire(made.ref, "release", actor(world, "police", Role.REVIEWER), {"document": FILE})
    run_once()
    with scoped_to(viewer):
        texts = [one.text_en for one in Notification.objects.order_by("pk")]
        assert len(texts) == 3 and texts[-1] == "Police case number: Release"
        assert not PoliceCase.objects.exists()


def test_a_second_case_on_a_number_is_shared_beside_the_first_and_ends_alone(world: World) -> None:
    first, second = in_force(world), in_force(world)
    done(first, Effect.SHARE)
    done(second, Effect.SHARE)
    assert Share._base_manager.filter(ended_at=None).count() == 2 * len(NUMBERS)
    fire(second.ref, "release", actor(world, "police", Role.REVIEWER), {"document": FILE})
    done(second, Effect.RETRACT_SHARE)
    assert {row.process for row in Share._base_manager.filter(ended_at=None)} == {first.ref}


def test_an_exercise_of_the_police_stands_on_no_real_screen(world: World) -> None:
    made = in_force(world)
    named = {row.pk: (row.kind, row.value) for row in Subject._base_manager.all()}
    assert len(_strongest_cases(named, world.viewer("police"), timezone.now())) == 2
    ProcessInstance._base_manager.filter(pk=made.pk).update(simulated=True)
    assert len(_strongest_cases(named, world.viewer("police"), timezone.now())) == 2  # the operator is made up too
    Organization._base_manager.update(simulated=False)
    assert _strongest_cases(named, world.viewer("police"), timezone.now()) == {}


def test_whoever_limits_a_number_is_asked_to_look_again_when_the_case_is_over(world: World) -> None:
    made, analyst = in_force(world), actor(world, "mvno", Role.ANALYST)
    flagged = {"cause": "case_number", "findings": ("made up",), "card": NUMBERS[0]}
    review = open_process("card_rereview", "flag", world["mvno"], analyst, flagged)
    fire(review.ref, "grade", analyst, {"grade": "a", "reason": "in a case"})
    measure = {"measure": "limit", "reason": "in a case", "network": (to_party(world["carrier"]),)}
    fire(review.ref, "propose_limit", analyst, measure)
    fire(review.ref, "approve_limit", actor(world, "mvno", Role.REVIEWER), {"opinion": "as the police say"})
    run_once()
    fire(made.ref, "release", actor(world, "police", Role.REVIEWER), {"document": FILE})
    done(made, Effect.CLEAR_CASE_STATUS)
    with scoped_to(world.viewer("mvno", Role.ANALYST)):
        told = Notification.objects.get(person=None)
    assert told.instance == review and told.text_en == "The police case has ended. Review this restriction at once"

"""Firm and inspectors of a random inspection are drawn by code; seed, candidates and result are on record."""

import json

import pytest
from tests.command.evidence_uploads import upload_for_all
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.command.organizations.models import Membership, Organization
from fanzha.command.processes.draws import draw_evidence
from fanzha.command.processes.models import ProcessInstance, Step
from fanzha.command.processes.process_settings import load_processes
from fanzha.command.processes.services import fire, open_process
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Reason, Refusal
from fanzha.processes.sample_draw import differing_fields
from fanzha.store.evidence_files import find_file

pytestmark = pytest.mark.django_db


def inspectors(world: World, count: int) -> list[str]:
    """Inspectors of the administration, by ref."""
    first = world.person("administration", Role.INSPECTOR)
    others = [world.person(name, Role.ANALYST) for name in ("partner", "brand", "ministry", "police")[: count - 1]]
    for person in others:
        Membership.objects.create(person=person, organization=world["administration"], role=Role.INSPECTOR.value)
    return [first.ref, *(person.ref for person in others)]


def opened(world: World) -> ProcessInstance:
    office = world["administration"]
    return open_process("supervision", "draw", office, actor(world, "administration", Role.INSPECTOR), {})


def test_a_draw_is_on_record_and_can_be_drawn_again(world: World) -> None:
    known = inspectors(world, 4)
    with unscoped("test"):
        evidence = Step.objects.get(instance=opened(world)).evidence
    path = find_file(evidence["sample"])
    assert path is not None and differing_fields(path.read_bytes()) == []
    record = json.loads(path.read_bytes())
    assert record["seed"] == evidence["seed"] and len(record["seed"]) == 32
    assert record["fields"]["inspected"]["drawn"] == [evidence["inspected"]["organization"]]
    assert set(evidence["inspectors"]) < set(known) and len(evidence["inspectors"]) == 2
    names = {world[name].ref for name in ("carrier", "other_carrier", "mvno", "other_mvno", "isp", "platform")}
    assert set(record["fields"]["inspected"]["candidates"]) >= names
    assert world["far_carrier"].ref not in record["fields"]["inspected"]["candidates"]


def test_seed_firm_and_inspectors_are_chosen_by_nobody(world: World) -> None:
    known = inspectors(world, 3)
    for field, value in (("seed", "7"), ("sample", "ab" * 32), ("inspectors", tuple(known[:2]))):
        with pytest.raises(Refusal, match="the service draws it") as refused:
            office, inspector = world["administration"], actor(world, "administration", Role.INSPECTOR)
            open_process("supervision", "draw", office, inspector, {field: value})
        assert set(refused.value.fields) == {field}


def test_an_inspector_who_works_for_the_firm_is_left_out(world: World) -> None:
    known = inspectors(world, 4)
    Organization.objects.exclude(pk__in=[world["administration"].pk, world["platform"].pk]).update(is_active=False)
    Membership.objects.create(
        person=world.people["partner", Role.ANALYST], organization=world["platform"], role=Role.ANALYST.value
    )
    draws = [draw_evidence(load_processes()["supervision"], "draw", world["administration"], ()) for _ in range(8)]
    assert all(known[1] not in each.evidence["inspectors"] for each in draws)
    assert known[1] in json.loads(draws[0].record)["fields"]["inspectors"]["excluded"]
    assert len({each.evidence["seed"] for each in draws}) == 8


def test_too_few_to_draw_from_are_a_refusal(world: World) -> None:
    world.person("administration", Role.INSPECTOR)
    with pytest.raises(Refusal, match="fewer than 2 to draw from") as refused:
        opened(world)
    assert refused.value.reason is Reason.EVIDENCE


def test_who_may_not_draw_is_refused_and_nothing_is_stored(world: World) -> None:
    inspectors(world, 3)
    with pytest.raises(Refusal):
        open_process("supervision", "draw", world["administration"], actor(world, "platform", Role.CLERK), {})
    with unscoped("test"):
        assert not ProcessInstance.objects.exists()


def planned(world: World) -> ProcessInstance:
    plan = {"population": 100, "sample_size": 10, "strata": "by outlet"}
    return open_process(
        "photo_audit", "plan", world["administration"], actor(world, "administration", Role.INSPECTOR), plan
    )


def test_the_sample_of_a_photo_audit_is_drawn_from_the_list_with_its_seed_on_record(world: World) -> None:
    audit = planned(world)
    lines = [f"OPENING-{number}" for number in range(100)]
    register = upload_for_all(["\n".join([*lines, lines[0], ""]).encode()])
    fire(audit.ref, "draw", actor(world, "administration", Role.INSPECTOR), {"register": register})
    with unscoped("test"):
        evidence = Step.objects.get(instance=audit, event="draw").evidence
    path = find_file(evidence["sample"])
    assert path is not None and differing_fields(path.read_bytes()) == []
    record = json.loads(path.read_bytes())
    sample = record["fields"]["sample"]
    assert record["seed"] == evidence["seed"] and sample["candidates"].keys() == set(lines)
    assert len(sample["drawn"]) == 10 and set(sample["drawn"]) < set(lines)


@pytest.mark.parametrize(
    ("register", "given", "why"),
    [
        (b"A\n" * 20, {}, "10 to 100,000 different lines"),
        ("\n".join(map(str, range(40))).encode(), {}, "it has 40 lines, the plan says 100"),
        (b"\xff\xfe\x00", {}, "text in UTF-8"),
        (b"A", {"seed": "7"}, "the service draws it"),
        (b"A", {"sample": "ab" * 32}, "the service draws it"),
    ],
)
def test_a_sample_is_neither_chosen_nor_drawn_from_too_little(
    world: World, register: bytes, given: dict[str, str], why: str
) -> None:
    audit, evidence = planned(world), {"register": upload_for_all([register]), **given}
    with pytest.raises(Refusal) as refused:
        fire(audit.ref, "draw", actor(world, "administration", Role.INSPECTOR), evidence)
    assert why in " ".join(words.en for words in refused.value.fields.values())


def test_a_list_that_the_organisation_has_not_uploaded_is_not_read(world: World) -> None:
    audit = planned(world)
    with pytest.raises(Refusal, match="has not uploaded|Missing or wrong") as refused:
        fire(audit.ref, "draw", actor(world, "administration", Role.INSPECTOR), {"register": "ab" * 32})
    assert "register" in refused.value.fields

"""The system searches the tables once a person is identified, and carries out what a second person granted."""

import json
from collections.abc import Iterator

import pytest
from tests.command.people import World
from tests.command.privacy.requests_made import granted, received, searched
from tests.command.subjects.factories import NUMBER, finding_row

from fanzha.command.exports.evidence_unmasking import unmask_file
from fanzha.command.exports.models import Unmasking
from fanzha.command.organizations.models import DisclosureCount
from fanzha.command.privacy.effects import carry_out_person_request, collect_person_data
from fanzha.command.processes.models import OutboxItem, ProcessInstance, Step
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.store.evidence_files import find_file


@pytest.fixture(autouse=True)
def all_rows() -> Iterator[None]:
    with unscoped("test"):
        yield


def collected(request: ProcessInstance) -> Step:
    return Step.objects.select_related("instance__owner", "instance__version").get(instance=request, event="collect")


def test_the_tables_are_searched_when_the_person_is_identified(world: World) -> None:
    finding_row(world["carrier"])
    request = searched(world)
    assert request.state == "in_hand"
    step = collected(request)
    assert any("Findings: 1" in line for line in step.evidence["found"])
    paths = [find_file(name) for name in step.personal["report"]]
    assert json.loads(paths[0].read_bytes())["request"] == request.ref if paths[0] else False
    assert paths[1] is not None and NUMBER in paths[1].read_text("utf-8")


def test_whoever_opens_the_report_is_charged_and_on_record(world: World) -> None:
    finding_row(world["carrier"])
    step, viewer = collected(searched(world)), world.viewer("carrier", Role.REVIEWER)
    with scoped_to(viewer):
        assert unmask_file(viewer, step, "report", 0, "the answer to the person") is not None
    assert Unmasking.objects.get().purpose == "the answer to the person"
    assert DisclosureCount.objects.filter(pool="unmasked").exists()


def test_a_person_of_whom_nothing_is_held_is_told_so(world: World) -> None:
    request = searched(world)
    step = collected(request)
    assert step.evidence["found"][0].startswith("对象：1 条") or "nothing is held" in step.evidence["found"][0]


def test_a_repeated_effect_takes_no_second_step(world: World) -> None:
    request = granted(world, "access")
    steps = Step.objects.filter(instance=request).count()
    for item in OutboxItem.objects.select_related("instance__owner", "instance__version").filter(instance=request):
        if item.effect == "collect_person_data":
            collect_person_data(item)
        elif item.effect == "carry_out_person_request":
            carry_out_person_request(item)
    assert Step.objects.filter(instance=request).count() == steps
    assert "the copy is ready" in Step.objects.get(instance=request, event="carry_out").evidence["results"][0]


def test_nothing_is_searched_before_the_person_is_identified(world: World) -> None:
    assert not OutboxItem.objects.filter(instance=received(world), effect="collect_person_data").exists()

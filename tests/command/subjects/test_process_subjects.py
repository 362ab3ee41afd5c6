"""A process is about what its steps name in fields that say so, else about the subject that it was opened on."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone
from tests.command.evidence_uploads import upload_for_all
from tests.command.people import World
from tests.command.processes.orders_made import actor
from tests.command.subjects.factories import subject
from tests.command.subjects.processes import FILE, PAPER, case_in, days, indicator_in

from fanzha.command.audit.services import erase_person
from fanzha.command.processes.models import OutboxItem, ProcessInstance
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.processes.parties import to_party
from fanzha.command.processes.services import About, fire, open_process
from fanzha.command.subjects.canonical import canonicalize
from fanzha.command.subjects.models import OpinionRow, Subject
from fanzha.command.subjects.process_subjects import select_process_subjects
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

pytestmark = pytest.mark.django_db
CARD = "+8617000004321"


def named(instance: ProcessInstance) -> list[tuple[str, str]]:
    with unscoped("test"):
        return sorted((one.kind, one.value) for one in select_process_subjects(instance, timezone.now()))


def card_in(world: World, about: About | None = None) -> ProcessInstance:
    """A card that a carrier finds odd, typed as people do."""
    analyst = actor(world, "carrier", Role.ANALYST)
    flagged = {"cause": "dormant", "findings": ("made up",), "card": "170 0000 4321"}
    return open_process("card_rereview", "flag", world["carrier"], analyst, flagged, about=about)


def traced_to(world: World, line: str, line_kind: str) -> ProcessInstance:
    """Calls over a trunk whose page was open, traced to a line at home."""
    trunk = subject("TRUNK-1", "trunk")
    upload_for_all([PAPER])
    analyst = actor(world, "carrier", Role.ANALYST)
    opened = {"trunk": "TRUNK-1", "range": "+8617000000", "day": days(0), "calls": 9, "facts": FILE}
    about = About(trunk.kind, trunk.ref)
    made = open_process("caller_case", "open", world["carrier"], analyst, opened, about=about)
    fire(made.ref, "ask_first_hop", analyst, {"asked": to_party(world["mvno"])})
    origin = {"customer": "a made-up firm", "line_kind": line_kind, "line": line, "site": "a made-up street"}
    fire(made.ref, "find_origin", analyst, origin)
    made.refresh_from_db()
    return made


def test_numbers_and_sites_are_read_of_the_steps(world: World) -> None:
    case = case_in(world, "+8617000000001", "170 0000 0002", "+8617000000001")
    assert named(case) == [("phone_number", "+8617000000001"), ("phone_number", "+8617000000002")]
    assert named(indicator_in(world, "http://Pay.Example.com/x")) == [("website", "pay.example.com")]


def test_where_nothing_is_named_the_subject_that_it_was_opened_on_counts(world: World) -> None:
    about = subject("TRUNK-1", "trunk")
    analyst = actor(world, "carrier", Role.ANALYST)
    upload_for_all([PAPER])
    opened = {"trunk": "TRUNK-1", "range": "+8617000000", "day": days(0), "calls": 9, "facts": FILE}
    given = About(about.kind, about.ref)
    made = open_process("caller_case", "open", world["carrier"], analyst, opened, about=given)
    assert named(made) == [("trunk", "TRUNK-1")] and made.about == about.ref


def test_a_number_that_was_let_again_is_the_one_of_the_page_on_which_it_was_opened(world: World) -> None:
    old = subject(CARD)
    since = datetime(2026, 1, 1, tzinfo=UTC)
    identity = canonicalize(old.kind, old.value).identity(since)
    told = {"kind": old.kind, "value": old.value, "thing": old.thing, "created_at": since}
    new = Subject._base_manager.create(identity=identity, holder_from=since, **told)
    made = card_in(world, About(new.kind, new.ref))
    assert made.about == new.ref
    with unscoped("test"):
        assert select_process_subjects(made, timezone.now())[0].holder_from == new.holder_from


def test_a_process_opened_without_a_page_is_about_what_it_names(world: World) -> None:
    made = card_in(world)
    found = Subject._base_manager.get(ref=made.about)
    assert (made.about_kind, found.value) == ("phone_number", CARD)
    assert list(Subject.as_read_by(world.viewer("carrier"))) == [found]
    assert case_in(world, "+8617000000001", "+8617000000002").about == ""  # of several none alone


def test_erasing_whom_it_is_about_finds_what_is_personal_in_it(world: World) -> None:
    made = card_in(world)
    with unscoped("test"):
        assert made.steps.get().personal == {"card": "170 0000 4321"}
        assert erase_person(made.about, basis="PIPL Art. 47", actor="", organization="") == 1
        assert made.steps.get().personal == {}


def test_a_line_found_later_takes_the_place_of_the_trunk(world: World) -> None:
    assert named(traced_to(world, "170 0000 0009", "number")) == [("phone_number", "+8617000000009")]
    made = traced_to(world, "LINE-7", "circuit")
    assert named(made) == [("trunk", "LINE-7")]
    assert Subject._base_manager.get(ref=made.about).value == "LINE-7"


def test_what_is_no_value_of_its_kind_is_refused_at_its_field(world: World) -> None:
    with pytest.raises(Refusal, match="Case numbers: not a phone number") as refused:
        case_in(world, "not a number")
    assert set(refused.value.fields) == {"numbers"}


def test_a_limit_by_two_people_stands_on_the_page_of_the_card_until_it_is_taken_back(world: World) -> None:
    made, analyst = card_in(world), actor(world, "carrier", Role.ANALYST)
    fire(made.ref, "grade", analyst, {"grade": "b", "reason": "odd"})
    network = (to_party(world["carrier"]),)
    fire(made.ref, "propose_limit", analyst, {"measure": "limit", "reason": "odd", "network": network})
    reviewer = actor(world, "carrier", Role.REVIEWER)
    fire(made.ref, "approve_limit", reviewer, {"opinion": "as the evidence says"})
    deliver_due(timezone.now())
    said = OpinionRow._base_manager.get(process=made.ref)
    assert (said.subject.value, said.level, said.decision, said.withdrawn_at) == (CARD, "suspected", True, None)
    fire(made.ref, "roll_back", reviewer, {"mistake": "the wrong card"})
    deliver_due(timezone.now())
    said.refresh_from_db()
    assert said.withdrawn_at is not None


def test_a_decision_on_nothing_is_tried_in_vain_and_not_passed_over(world: World) -> None:
    made = case_in(world, "+8617000000001")
    with unscoped("test"):
        made.steps.update(personal={})
        ProcessInstance.objects.filter(pk=made.pk).update(about="")
        item = OutboxItem.objects.create(
            key="k", instance=made, step=1, effect="publish_decision", payload={"event": "accept"}
        )
    deliver_due(timezone.now())
    item.refresh_from_db()
    assert item.state == "waiting" and "names nothing that it decides on" in item.problem

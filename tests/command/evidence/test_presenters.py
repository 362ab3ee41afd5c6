"""Entries are shown with the names of people, organisations and processes, looked up for all at once."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.command.audit.records import draft, record
from tests.command.people import World
from tests.command.processes.orders_made import drafted, issued
from tests.command.subjects.factories import finding_row, subject

from fanzha.command.audit.models import LogEntry
from fanzha.command.audit.recorder import recorded
from fanzha.command.audit.services import erase_person
from fanzha.command.evidence.presenters import entry_facts, hashed_text, to_list_rows
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.processes.log.merkle import leaf_hash


def entries() -> list[LogEntry]:
    return list(LogEntry._base_manager.order_by("place"))


def test_a_row_names_who_what_and_for_whom(world: World) -> None:
    issued(world)
    with unscoped("test"):
        drafted_row, approved = to_list_rows([entry for entry in entries() if entry.kind == "step"])
    assert approved.title.endswith("Approve as second person")
    assert approved.meta == (world.person("centre", Role.REVIEWER).name, str(world["centre"]))
    assert approved.summary.startswith("+86 17")
    assert [badge.word for badge in drafted_row.badges] == ["personal data"] and approved.badges == ()


def test_queries_do_not_grow_with_rows(world: World) -> None:
    counts = []
    for more in (1, 5):
        for _ in range(more):
            drafted(world)
        rows = entries()
        with unscoped("test"), CaptureQueriesContext(connection) as queries:
            assert len(to_list_rows(rows)) == len(rows)
        counts.append(len(queries))
    assert counts == [5, 5]


def test_what_it_is_about_has_a_name_where_the_reader_may_know_it(world: World) -> None:
    finding_row(world["carrier"])
    person = world.person("carrier", Role.REVIEWER)
    with recorded() as log:
        for about in (subject().ref, person.ref, world["carrier"].ref, "R" * 26):
            log.add(draft(1)._replace(about=about))
    with unscoped("test"):
        texts = [row.summary for row in to_list_rows(entries())]
    assert texts[0].startswith("+86 17") and "•" in texts[0]
    assert texts[1:] == ["carrier reviewer", str(world["carrier"]), "R" * 26]
    with scoped_to(world.viewer("bank", Role.REVIEWER)):
        assert to_list_rows(entries())[0].summary == subject().ref, "who may not read the subject sees its reference"


def test_an_entry_says_what_became_of_its_personal_values(world: World) -> None:
    record(3)
    with unscoped("test"):
        erase_person("subject-0", basis="PIPL Art. 47", actor="", organization="")
        texts = [[str(fact.value) for fact in entry_facts(row) if fact.key == "Personal data"] for row in entries()]
    assert texts[0][0].startswith("erased on ") and texts[1] == [] and texts[2] == ["sealed"]


def test_the_text_that_is_shown_is_what_was_hashed(world: World) -> None:
    record(1)
    (row,) = entries()
    assert leaf_hash(hashed_text(row).encode()) == bytes(row.leaf)

"""A row of the list is masked and says what is thought of a subject by a word with a sign."""

import pytest
from django.utils.translation import override
from tests.command.people import World
from tests.command.subjects.factories import AT, NUMBER, finding_row, subject

from fanzha.command.subjects.models import PoliceCase, Subject, VerdictRow
from fanzha.command.subjects.presenters import (
    describe_value,
    display_subject,
    fraud_type_title,
    kind_title,
    maturity_listings,
    subject_rows,
)
from fanzha.command.subjects.selectors import SubjectSummary, summarize_subjects
from fanzha.command.web.components import EmptyState, Tone
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db


def test_what_was_found_is_told_in_words(world: World) -> None:
    finding_row(world["carrier"])
    viewer = world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer), override("en"):
        (row,) = subject_rows(summarize_subjects([subject()], viewer))
    assert NUMBER[3:] not in row.title and row.summary == "1 finding" and row.aside == "0.90" and row.at == AT


def test_verdict_and_case_are_words_beside_each_other() -> None:
    about = Subject(ref="A" * 26, kind="phone_number", value=NUMBER, holder_from=AT)
    known = SubjectSummary(
        about, VerdictRow(level="suspected", fraud_type="romance"), PoliceCase(status="filed"), 0, 0.0, None
    )
    with override("en"):
        (row,) = subject_rows([known])
    assert [(one.word, one.tone) for one in row.badges] == [
        ("suspected", Tone.HARM),
        ("in a police case", Tone.QUIET),
    ]
    assert row.summary.startswith("0 findings, romance fraud, holder since") and row.aside == ""


def test_rows_stand_in_separate_lists_the_most_mature_first(world: World) -> None:
    for place, mode in (("+8617000000001", "shadow"), ("+8617000000002", "live")):
        finding_row(world["carrier"], subject(place), mode=mode)
    finding_row(world["carrier"], subject("+8617000000001"), trigger="old", withdrawn_at=AT)  # live, and withdrawn
    viewer = world.viewer("carrier", Role.ANALYST)
    about = [subject(f"+861700000000{n}") for n in range(4)]
    with scoped_to(viewer), override("en"):
        listings = maturity_listings(subject_rows(summarize_subjects(about, viewer)), EmptyState(""))
    assert [(one.title.partition(":")[0], len(one.rows)) for one in listings] == [
        ("Live", 1),
        ("In shadow", 1),
        ("Without findings", 2),
    ]


def test_every_kind_and_type_has_words() -> None:
    with override("en"):
        assert [kind_title(one) for one in ("call", "phone_number", "elsewhere")] == [
            "call",
            "phone number",
            "elsewhere",
        ]
        assert (fraud_type_title("romance"), fraud_type_title("")) == ("romance fraud", "")
    assert display_subject(Subject(kind="person", value="0" * 64, shown="1101•••002X")) == "1101•••002X"


def test_facts_of_a_number_do_not_tell_the_number() -> None:
    with override("en"):
        told = " ".join(str(fact.value) for fact in describe_value("phone_number", "+8617000001234"))
    assert told and "001234" not in told.replace(" ", "")


def test_what_is_no_kind_tells_nothing() -> None:
    assert describe_value("call", "x") == describe_value("phone_number", "no number") == []

"""A verdict, decision, share or finding that is changed by SQL is named, whoever wrote it before."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import issued
from tests.command.subjects.factories import finding_row, subject

from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level
from fanzha.command.audit.digest_backfill import digest_existing_rows
from fanzha.command.audit.row_digests import digest_tables
from fanzha.command.audit.verification import verify
from fanzha.command.subjects.decisions import DecisionDraft, record_decision, withdraw_decision
from fanzha.command.subjects.digest_tables import TABLES
from fanzha.command.subjects.models import OpinionRow, VerdictRow
from fanzha.command.subjects.shares import ShareDraft, create_shares
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def decided(world: World) -> Iterator[None]:
    """A finding that was there before, then a decision of an order with its verdict, and a share."""
    now = timezone.now()
    order = issued(world)
    with unscoped("test"):
        finding_row(world["carrier"])
        digest_existing_rows(now)
        draft = DecisionDraft(Level.SUSPECTED, "经核查", ("ATF Art. 13",), Treatment.REFUSE)
        record_decision(order, [subject().pk], draft, now)
        viewer = world.viewer("carrier", Role.ANALYST)
        create_shares(subject(), [world["mvno"]], ShareDraft("回访核实用途"), viewer, now)
        assert [str(fault) for fault in verify().faults] == []
        assert VerdictRow.objects.exists() and OpinionRow.objects.filter(decision=True).exists()
        yield


def test_every_table_is_registered() -> None:
    assert all(digest_tables()[table.name] is table for table in TABLES)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE subjects_verdictrow SET level = 'clear', treatment = 'allow'", "verdicts was changed"),
        ("UPDATE subjects_verdictrow SET why = '[]'", "verdicts was changed"),
        ("DELETE FROM subjects_verdictrow", "verdicts is missing"),
        ("UPDATE subjects_opinionrow SET treatment = 'allow'", "opinions and decisions was changed"),
        ("UPDATE subjects_opinionrow SET withdrawn_why = 'x'", "opinions and decisions was changed"),
        ("DELETE FROM subjects_opinionrow", "opinions and decisions is missing"),
        ("UPDATE subjects_share SET purpose = 'other'", "shares was changed"),
        ("UPDATE subjects_findingrow SET score = 0.01", "findings was changed"),
        ("UPDATE subjects_subject SET value = '+8617000099999'", "does not match its identity"),
    ],
)
def test_a_row_that_was_changed_by_sql_is_named(decided: None, statement: str, words: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
    faults = [str(fault) for fault in verify().faults]
    assert any(words in fault for fault in faults), faults


def test_a_withdrawn_decision_matches_its_later_digest(world: World) -> None:
    order, now = issued(world), timezone.now()
    with unscoped("test"):
        record_decision(order, [subject().pk], DecisionDraft(Level.SUSPECTED, "", ()), now)
        withdraw_decision(order, "roll_back", now)
        assert [str(fault) for fault in verify().faults] == []

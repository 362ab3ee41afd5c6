"""Notices, list entries and false disposals that are changed by SQL are named."""

import pytest
from django.db import connection
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.test_effects import done_twice, made

from fanzha.command.audit.digest_backfill import digest_existing_rows
from fanzha.command.audit.row_digests import digest_tables
from fanzha.command.audit.verification import verify
from fanzha.command.processes.digest_tables import TABLES
from fanzha.command.web.scoping import unscoped
from fanzha.processes.effects import Effect

pytestmark = pytest.mark.usefixtures("home")


def test_every_table_is_registered() -> None:
    assert all(digest_tables()[table.name] is table for table in TABLES)


@pytest.mark.parametrize(
    ("effect", "statement", "words"),
    [
        (Effect.PUBLISH_LIST_ENTRY, "UPDATE flows_listentry SET process = 'other'", "list entries was changed"),
        (Effect.PUBLISH_LIST_ENTRY, "DELETE FROM flows_listentry", "list entries is missing"),
        (Effect.RECORD_FALSE_DISPOSAL, "UPDATE flows_falsedisposal SET event = 'x'", "wrongful actions was changed"),
        (Effect.RECORD_FALSE_DISPOSAL, "DELETE FROM flows_falsedisposal", "wrongful actions is missing"),
    ],
)
def test_a_row_that_was_changed_by_sql_is_named(world: World, effect: Effect, statement: str, words: str) -> None:
    with unscoped("test"):
        digest_existing_rows(timezone.now())
        payload = {} if effect is Effect.PUBLISH_LIST_ENTRY else {"event": "roll_back"}
        done_twice(made(world, effect, **payload))
        assert not [fault for fault in verify().faults if "row" in str(fault)]
        with connection.cursor() as cursor:
            cursor.execute(statement)
        assert any(words in str(fault) for fault in verify().faults)

"""What was sent to whom, and what receivers answered, is on record; a row that is changed by SQL is named."""

from collections.abc import Iterator
from hashlib import sha256

import pytest
from django.db import connection
from django.utils import timezone
from tests.command.orders.given import answer_file, answers, endpoint, settle, signed
from tests.command.orders.receiving import Receiver
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.audit.digest_backfill import digest_existing_rows
from fanzha.command.audit.models import LogEntry
from fanzha.command.audit.row_checks import decode_facts
from fanzha.command.audit.row_digests import digest_tables
from fanzha.command.audit.verification import verify
from fanzha.command.orders.digest_tables import TABLES
from fanzha.command.orders.exchange_folder import get_folder
from fanzha.command.orders.models import Sending
from fanzha.command.orders.receiver_messages import ingest_files, ingest_request
from fanzha.command.orders.sendings import LEG_SENT
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.usefixtures("exercise_settings", "socket_enabled")
AT = "2026-03-01T08:00:00+08:00"


@pytest.fixture
def exchanged(world: World) -> Iterator[bytes]:
    """An order that a system and a folder got and answered; the bytes that the system got."""
    with unscoped("test"), Receiver() as receiver:
        system = endpoint(world, "mvno", "signed_webhook", address=receiver.address)
        folder = endpoint(world, "carrier", "signed_file")
        digest_existing_rows(timezone.now())
        order = issued(world, receivers=("carrier", "mvno"))
        settle()
        answered = {"leg": f"{order.ref}/2", "state": "acknowledged", "at": AT}
        ingest_request(system, signed(answers(answered)), timezone.now())
        (get_folder(folder, "in") / "one.zip").write_bytes(
            answer_file(1, "", {"leg": f"{order.ref}/1", "state": "acknowledged", "at": AT})
        )
        assert ingest_files(timezone.now()) == 1
        yield receiver.got[0][2]


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def faults() -> list[str]:
    return [str(fault) for fault in verify().faults]


def test_every_table_is_registered() -> None:
    assert all(digest_tables()[table.name] is table for table in TABLES)


def test_what_was_sent_is_on_record_with_the_digest_of_its_bytes(exchanged: bytes) -> None:
    facts = [decode_facts(entry.facts) for entry in LogEntry.objects.filter(kind=LEG_SENT).order_by("place")]
    by_channel = {fact["channel"]: fact for fact in facts}
    sent = by_channel["signed_webhook"]
    assert sent["content"] == sha256(exchanged).hexdigest() and 200 <= sent["status"] < 300 and not sent["undo"]
    file = Sending.objects.get(channel="signed_file")
    assert by_channel["signed_file"]["content"] == sha256(bytes(file.file_body)).hexdigest() == file.content_digest
    assert file.sent_at is not None and faults() == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE orders_sending SET leg = '9'", "sendings of orders was changed"),
        ("UPDATE orders_sending SET content_digest = 'a'", "sendings of orders was changed"),
        ("UPDATE orders_sending SET state = 'dead'", "sendings of orders was changed"),
        ("UPDATE orders_endpoint SET address = 'https://other.example'", "endpoints of receivers was changed"),
        ("UPDATE orders_receivedmessage SET used = used + 1", "messages of receivers was changed"),
        ("UPDATE orders_receivedanswer SET state = 'refused'", "answers of receivers was changed"),
        ("DELETE FROM orders_receivedanswer", "answers of receivers is missing"),
        ("DELETE FROM orders_sending", "sendings of orders is missing"),
    ],
)
def test_a_row_that_was_changed_by_sql_is_named(exchanged: bytes, statement: str, words: str) -> None:
    sql(statement)
    assert any(words in fault for fault in faults()), faults()


def test_a_sending_that_was_added_by_sql_is_named(exchanged: bytes) -> None:
    columns = ", ".join(
        str(field.column) for field in Sending._meta.concrete_fields if field.column not in ("id", "leg")
    )
    sql(f"INSERT INTO orders_sending (leg, {columns}) SELECT 'made up', {columns} FROM orders_sending LIMIT 1")
    assert any("sendings of orders is not on record" in fault for fault in faults())

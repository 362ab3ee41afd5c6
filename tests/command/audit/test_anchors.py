"""Anchors follow the log, are copied outside until they are there, and never vouch for what is no chain."""

from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from tests.command.audit.anchored import files
from tests.command.audit.anchored import outside as outside
from tests.command.audit.records import draft, record

from fanzha.command.audit.anchors import (
    BrokenChain,
    anchor_and_copy,
    anchor_of,
    anchor_when_due,
    make_anchor,
    span_heads,
)
from fanzha.command.audit.append_only import unguard
from fanzha.command.audit.models import AnchorCopy, LogAnchor, LogBatch, LogHead
from fanzha.command.audit.recorder import recorded
from fanzha.processes.log.merkle import root

pytestmark = pytest.mark.django_db


def turn() -> None:
    anchor_and_copy(timezone.now())


def tamper(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_each_anchor_says_how_far_the_log_goes_and_covers_what_came_since_the_last() -> None:
    record(1, 2)
    turn()
    record(1)
    turn()
    first, second = map(anchor_of, LogAnchor.objects.order_by("number"))
    head = LogHead.objects.get()
    assert (first.statement.since, first.statement.number) == (0, 2)
    assert (second.statement.since, second.statement.number, second.statement.head) == (2, 3, head.head)
    assert second.statement.log == head.identity
    heads = span_heads(LogAnchor.objects.get(number=2))
    assert heads == list(LogBatch.objects.filter(number__lte=2).values_list("head", flat=True).order_by("number"))
    assert root([bytes.fromhex(one) for one in heads]).hex() == first.statement.span


def record_order() -> None:
    with recorded() as log:
        log.add(draft(1))
        log.anchor_at_once()


def test_an_order_is_anchored_by_the_next_run_and_copied_outside(outside: Path) -> None:
    record(1)
    anchor_when_due(timezone.now())
    assert not LogAnchor.objects.exists(), "an ordinary batch waits for the regular anchor"
    record_order()
    anchor_when_due(timezone.now())
    assert [anchor.number for anchor in LogAnchor.objects.all()] == [2] and len(files(outside)) == 1


def test_orders_since_the_last_run_share_one_anchor() -> None:
    for _ in range(5):
        record_order()
    anchor_when_due(timezone.now())
    anchor_when_due(timezone.now())
    assert [(anchor.since, anchor.number) for anchor in LogAnchor.objects.all()] == [(0, 5)]


def test_an_order_that_a_regular_anchor_covers_is_not_anchored_twice() -> None:
    record_order()
    turn()
    record(1)
    anchor_when_due(timezone.now())
    assert LogAnchor.objects.count() == 1


def test_a_request_for_an_anchor_that_fails_is_not_repeated() -> None:
    record_order()
    unguard(connection)
    tamper("UPDATE evidence_logbatch SET at = at + 1")
    with pytest.raises(BrokenChain):
        anchor_when_due(timezone.now())
    anchor_when_due(timezone.now())
    assert not LogAnchor.objects.exists()


def test_nothing_new_is_no_anchor() -> None:
    assert make_anchor(timezone.now()) is None
    record(1)
    turn()
    assert make_anchor(timezone.now()) is None
    assert LogAnchor.objects.count() == 1


def test_copies_lie_outside_and_are_kept_account_of(outside: Path) -> None:
    record(1)
    turn()
    record(1)
    turn()
    assert [file.read_text().strip() for file in files(outside)] == [anchor.line for anchor in LogAnchor.objects.all()]
    assert all(copy.written_at and not copy.problem for copy in AnchorCopy.objects.all())
    assert AnchorCopy.objects.count() == 2


def test_a_folder_that_is_away_is_told_and_tried_again(outside: Path, caplog: pytest.LogCaptureFixture) -> None:
    outside.rename(outside.with_name("away"))
    record(1)
    turn()
    record(1)
    turn()
    (copy,) = AnchorCopy.objects.all()
    assert copy.written_at is None and "No such file" in copy.problem
    assert "was not copied" in caplog.text
    outside.with_name("away").rename(outside)
    turn()
    assert len(files(outside)) == 2
    assert not AnchorCopy.objects.exclude(problem="").exists()


def test_another_text_in_the_place_of_one_holds_up_no_other(outside: Path) -> None:
    record(1)
    turn()
    (file,) = files(outside)
    AnchorCopy.objects.all().delete()
    file.write_text("another\n")
    record(1)
    turn()
    assert len(files(outside)) == 2
    assert [bool(copy.written_at) for copy in AnchorCopy.objects.order_by("anchor")] == [False, True]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evidence_logbatch SET entries = entries + 1 WHERE number = 2",
        "UPDATE evidence_logbatch SET previous = root WHERE number = 2",
        "DELETE FROM evidence_logbatch WHERE number = 2",
        "UPDATE evidence_loghead SET head = identity",
        "UPDATE evidence_loghead SET number = 0",
    ],
)
def test_what_is_no_chain_is_not_anchored(statement: str) -> None:
    record(1)
    turn()
    record(1, 1)
    tamper(statement)
    with pytest.raises(BrokenChain, match="nothing was anchored"):
        turn()
    assert LogAnchor.objects.count() == 1

"""Of two who change what is known of a subject at once the second waits, and knows what the first one wrote."""

import threading

import pytest
from django.db import connection
from tests.command.people import World
from tests.command.subjects.made import AT, finding_row, subject

from fanzha.command.audit.recording import recorded
from fanzha.command.subjects.fusing import Pair, refresh
from fanzha.command.subjects.locking import lock
from fanzha.command.subjects.models import FindingRow, VerdictRow
from fanzha.command.web.scoping import everything

pytestmark = pytest.mark.django_db(transaction=True)


def test_verdicts_made_at_the_same_moment_are_one_that_knows_of_both(world: World) -> None:
    pair = Pair(subject().pk, world["carrier"].pk)
    for score in (0.6, 0.9):
        finding_row(world["carrier"], score=score, detector=f"d{score}")
    with everything("test"):
        FindingRow.objects.update(withdrawn_at=AT)
    written, go_on = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    def say(score: float, *, first: bool) -> None:
        try:
            with everything("test"), recorded():
                FindingRow.objects.filter(score=score).update(withdrawn_at=None)
                refresh([pair], AT)
                if first:
                    written.set()
                    assert go_on.wait(20)
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=say, args=(0.9,), kwargs={"first": True})]
    threads[0].start()
    assert written.wait(20)
    threads.append(threading.Thread(target=say, args=(0.6,), kwargs={"first": False}))
    threads[1].start()
    threads[1].join(0.5)
    assert threads[1].is_alive(), "the second one does not wait"
    go_on.set()
    for thread in threads:
        thread.join(20)
    assert failed == []
    with everything("test"):
        (verdict,) = VerdictRow.objects.filter(superseded_at=None)
    assert len(verdict.why) == 2


def test_nothing_is_asked_of_a_database_that_is_ours_already(world: World) -> None:
    with recorded():
        lock([subject().pk, subject().pk])
        lock([])

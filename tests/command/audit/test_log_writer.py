"""A batch is written behind the end of the log, whoever writes at the same moment, with no query an entry."""

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.command.audit.records import draft, record

from fanzha.command.audit.log_writer import lock_head, write_batch
from fanzha.command.audit.models import LogBatch, LogEntry, LogHead
from fanzha.command.audit.recorder import recorded
from fanzha.command.audit.verification import verify

WRITERS, EACH = 4, 5


@pytest.mark.django_db
def test_the_first_batch_begins_the_log_under_a_name_that_was_drawn() -> None:
    record(2)
    head, batch = LogHead.objects.get(), LogBatch.objects.get()
    assert len(head.identity) == 64 and batch.previous == head.identity
    assert (head.number, head.head) == (1, batch.head)
    record(1)
    assert LogHead.objects.get().identity == head.identity


@pytest.mark.django_db
def test_the_end_is_the_same_row_each_time() -> None:
    with recorded():
        assert lock_head() == lock_head()
    assert LogHead.objects.count() == 1


@pytest.mark.django_db
def test_a_batch_takes_as_many_queries_whatever_its_size() -> None:
    record(2)
    drafts = [draft(number, process=f"process-{number % 5}") for number in range(60)]
    counts = []
    for some in (drafts[1:3], drafts[3:]):
        with CaptureQueriesContext(connection) as queries:
            write_batch(some)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_moment_make_one_chain_and_one_count_of_steps() -> None:
    failed: list[BaseException] = []

    def work(writer: int) -> None:
        try:
            for turn in range(EACH):
                with recorded() as log:
                    log.extend(draft(writer * 100 + turn * 2 + one, process="process-1") for one in range(2))
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    record(1)
    threads = [threading.Thread(target=work, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert verify().faults == []
    steps = LogEntry._base_manager.filter(process="process-1").order_by("place").values_list("step", flat=True)
    assert list(steps) == list(range(1, WRITERS * EACH * 2 + 1))

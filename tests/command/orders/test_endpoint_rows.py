"""The figures of each way: what was sent, what waits, what came back, what lies in its folders."""

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from tests.command.orders.given import answer_file, endpoint, settle
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.orders.endpoint_rows import endpoint_rows
from fanzha.command.orders.exchange_folder import folder_of
from fanzha.command.orders.receiving import take_files
from fanzha.command.web.scoping import everything

pytestmark = pytest.mark.usefixtures("own_home")


def test_what_was_sent_and_what_came_back(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    made = endpoint(world, "carrier", "signed_file")
    endpoint(world, "carrier", "signed_webhook", is_active=False)
    order = issued(world, receivers=("carrier",))
    settle()
    told = [{"leg": name, "state": "acknowledged", "at": "2026-03-01"} for name in (f"{order.ref}/1", "nothing/1")]
    (folder_of(made, "in") / "1.zip").write_bytes(answer_file(1, "", *told))
    (folder_of(made, "in") / "3.zip").write_bytes(answer_file(3, "0" * 64))
    with everything("test"):
        take_files(timezone.now())
        with django_assert_num_queries(3):
            filed, posted = endpoint_rows(world["carrier"])
    assert (filed.sent, filed.waiting, filed.dead, filed.used, filed.rejected) == (1, 0, 0, 1, 1)
    assert (filed.messages_waiting, filed.messages_rejected, filed.out, filed.came) == (1, 0, 1, 1)
    assert (posted.sent, posted.out, posted.came) == (0, None, None)

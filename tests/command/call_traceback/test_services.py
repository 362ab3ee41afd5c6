"""A call is traced from operator to operator, each answering from its own records."""

import pytest
from django.utils import timezone
from tests.command.call_traceback.chain_made import (
    UNSCOPED,
    Wire,
    begin,
    hops_of,
    part_of,
    state_of,
)
from tests.command.people import World

from fanzha.command.audit.models import LogEntry
from fanzha.command.call_traceback.models import TracebackMessage
from fanzha.command.call_traceback.services import end_unreachable

pytestmark = [pytest.mark.django_db]


def test_a_call_is_traced_to_the_customer_of_the_third_operator(world: World, wire: Wire) -> None:
    row = begin(world)
    wire.run()
    assert [(hop.number, hop.state, hop.upstream, hop.trunk) for hop in hops_of(row)] == [
        (0, "passed", "示例far_carrier ‖ Example far_carrier", "IC-FAR"),
        (1, "passed", "示例mvno ‖ Example mvno", "IC-MVNO"),
        (2, "origin", "", "LINE-7"),
    ]
    last = hops_of(row)[-1]
    assert (last.operator_name, last.customer_class, last.gateway) == (
        "示例mvno ‖ Example mvno",
        "enterprise_line",
        "gateway 7",
    )
    assert state_of(row) == "origin_found"
    assert state_of(part_of(world, "far_carrier")) == "answered"
    assert state_of(part_of(world, "mvno")) == "origin_found"
    kinds = set(UNSCOPED.rows(LogEntry).filter(about=row.ref).values_list("kind", flat=True))
    assert {"traceback_message", "traceback_answer_received"} <= kinds


def test_a_site_that_is_never_reached_ends_it(world: World, wire: Wire) -> None:
    row = begin(world)
    wire.down.add("far-carrier.example")
    wire.run(2)
    UNSCOPED.rows(TracebackMessage).update(state="dead")
    assert end_unreachable(timezone.now()) == 1 and end_unreachable(timezone.now()) == 0
    assert state_of(row) == "dead_end" and hops_of(row)[-1].reason == "unreachable"

"""Messages carry what is needed, and go out until they are taken."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.call_traceback.chain_made import (
    UNSCOPED,
    Wire,
    begin,
    hops_of,
    state_of,
)
from tests.command.people import World

from fanzha.command.call_traceback.messages import is_refusal
from fanzha.command.call_traceback.models import Traceback, TracebackMessage
from fanzha.command.call_traceback.services import end_unreachable
from fanzha.command.processes.selectors import to_actor
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db]


def test_only_what_is_needed_goes_out(world: World, wire: Wire) -> None:
    begin(world, reason="the victim is a made-up person")
    wire.run()
    bodies = " ".join(UNSCOPED.rows(TracebackMessage).values_list("body", flat=True))
    assert "made-up person" not in bodies
    answers = " ".join(UNSCOPED.rows(TracebackMessage).filter(kind="answer").values_list("body", flat=True))
    assert "+8617000000001" not in answers


def test_a_site_that_is_down_is_asked_again_and_a_repeat_changes_nothing(world: World, wire: Wire) -> None:
    row = begin(world)
    wire.down.add("far-carrier.example")
    wire.run(2)
    message = UNSCOPED.rows(TracebackMessage).get(traceback=row)
    assert message.state == "waiting" and "Refused" in message.problem and state_of(row) == "asked"
    wire.down.clear()
    wire.run(8, after=timedelta(minutes=2))
    assert state_of(row) == "origin_found"
    url, headers, body = wire.last
    before = [hop.answered_at for hop in hops_of(row)]
    wire.post(url, headers, body, None)  # type: ignore[arg-type]
    assert [hop.answered_at for hop in hops_of(row)] == before
    assert UNSCOPED.rows(Traceback).filter(trace=row.trace).count() == 3


def test_a_withdrawn_traceback_sends_nothing_any_more(world: World, wire: Wire) -> None:
    row = begin(world)
    wire.down.add("far-carrier.example")
    wire.run(1)
    actor = to_actor(world.viewer("carrier", Role.REVIEWER))
    fire(row.process, "withdraw", actor, {"reason": "a wrong number"})
    wire.down.clear()
    sent = wire.sent
    wire.run(3, after=timedelta(hours=2))
    assert wire.sent == sent and UNSCOPED.rows(TracebackMessage).get(traceback=row).state == "dead"
    assert end_unreachable(timezone.now()) == 0


def test_a_site_that_refuses_is_told_from_one_that_is_not_reached() -> None:
    assert is_refusal("HTTP 403") and is_refusal("HTTP 422")
    assert not is_refusal("HTTP 429") and not is_refusal("HTTP 503") and not is_refusal("TimeoutError")

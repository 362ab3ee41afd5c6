"""Whose findings they are may take them back, with a reason, on record; the verdict goes with them."""

import pytest
from tests.command.people import World
from tests.command.subjects.made import AT, finding_row

from fanzha.command.audit.models import LogEntry
from fanzha.command.subjects.fusing import Pair, refresh
from fanzha.command.subjects.models import VerdictRow
from fanzha.command.subjects.withdrawing import withdraw_findings
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import everything
from fanzha.processes.refusal import Refusal

pytestmark = pytest.mark.django_db


def test_the_verdict_goes_with_the_finding_and_who_took_it_back_is_on_record(world: World) -> None:
    row, viewer = finding_row(world["carrier"]), world.viewer("carrier", Role.ANALYST)
    with everything("test"):
        refresh([Pair(row.subject_id, row.owner_id)], AT)
        assert [withdraw_findings([row], "a test call of our own", viewer, AT) for _ in range(2)] == [1, 0]
        assert not VerdictRow.objects.filter(superseded_at=None).exists()
    row.refresh_from_db()
    assert (row.withdrawn_at, row.withdrawn_by, row.withdrawn_why) == (
        AT,
        world.person("carrier", Role.ANALYST),
        "a test call of our own",
    )
    entry = LogEntry._base_manager.get(kind="finding_withdrawn")
    assert entry.actor == world.person("carrier", Role.ANALYST).ref and row.finding_id in entry.facts


def test_nobody_takes_back_what_others_found_or_without_a_reason(world: World) -> None:
    row = finding_row(world["carrier"])
    with everything("test"):
        for name, why in (("bank", "so"), ("carrier", " ")):
            with pytest.raises(Refusal):
                withdraw_findings([row], why, world.viewer(name, Role.ANALYST), AT)
    row.refresh_from_db()
    assert row.withdrawn_at is None

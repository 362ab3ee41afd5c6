"""Each organisation has its own verdicts: made anew when evidence changes or ends, what was before kept as history."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.command.people import World
from tests.command.subjects.factories import AT, NUMBER, finding_row, subject
from tests.command.subjects.test_fusion_evidence import opinion

from fanzha.base.marking import Marking
from fanzha.claims.verdict import Level
from fanzha.command.subjects.models import FindingRow, VerdictRow
from fanzha.command.subjects.verdicts import SubjectOwner, refresh_expired_verdicts, refresh_verdicts
from fanzha.command.web.scoping import unscoped

HOUR = timedelta(hours=1)


def verdicts(world: World, name: str, at: datetime = AT) -> list[VerdictRow]:
    """Refresh an organisation's verdict on the subject; return those that hold."""
    with unscoped("test"):
        refresh_verdicts([SubjectOwner(subject().pk, world[name].pk)], at)
        return list(VerdictRow.objects.filter(owner=world[name], superseded_at=None))


def test_a_verdict_says_what_it_rests_on_until_when_and_how_far_it_may_be_told(world: World) -> None:
    row = finding_row(world["carrier"], score=0.9)
    finding_row(world["carrier"], score=0.5, detector="other", marking=Marking.RED, valid_until=AT + HOUR)
    (verdict,) = verdicts(world, "carrier")
    assert (verdict.level, verdict.treatment, verdict.marking) == (Level.SUSPECTED, "label", Marking.RED)
    assert verdict.until == row.valid_until and verdict.decided_by == ""  # the level stays without the weaker one
    assert [(part["id"], part["weight"]) for part in verdict.why][0] == (row.finding_id, 0.9)


def test_what_changes_the_level_begins_a_new_row_and_what_does_not_is_written_into_the_old_one(world: World) -> None:
    finding_row(world["carrier"], score=0.6)
    (first,) = verdicts(world, "carrier")
    finding_row(world["carrier"], score=0.7, found_at=AT - HOUR, trigger="e2")
    (same,) = verdicts(world, "carrier", AT + HOUR)
    assert (same.pk, same.since, same.score) == (first.pk, AT, 0.7)
    finding_row(world["carrier"], score=0.9, trigger="e3")
    (second,) = verdicts(world, "carrier", AT + 2 * HOUR)
    first.refresh_from_db()
    assert second.pk != first.pk and first.superseded_at == AT + 2 * HOUR == second.since


def test_nothing_is_left_where_nothing_speaks_for_it_any_more(world: World) -> None:
    finding_row(world["carrier"])
    verdicts(world, "carrier")
    with unscoped("test"):
        FindingRow.objects.update(withdrawn_at=AT)
    assert verdicts(world, "carrier") == []


def test_what_others_change_reaches_whoever_has_a_verdict_or_an_opinion(world: World) -> None:
    finding_row(world["carrier"], score=0.6)
    verdicts(world, "carrier")
    opinion(world["isp"], level="watch", marking=Marking.RED)
    finding_row(world["bank"], score=0.9, detector="other", marking=Marking.GREEN)
    with unscoped("test"):
        refresh_verdicts([SubjectOwner(subject().pk, world["bank"].pk)], AT)
        levels = {
            row.owner_id: row.level for row in VerdictRow.objects.filter(superseded_at=None, level=Level.SUSPECTED)
        }
    assert set(levels) == {world[name].pk for name in ("bank", "carrier", "isp")}


def test_who_decided_is_named(world: World) -> None:
    opinion(world["centre"], decision=True, level="clear", treatment="allow", marking=Marking.GREEN)
    finding_row(world["carrier"], score=0.9, found_at=AT - HOUR)
    (verdict,) = verdicts(world, "carrier")
    assert (verdict.level, verdict.decided_by) == (Level.CLEAR, world["centre"].ref)


def test_a_spared_number_is_clear_and_says_why(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "spared.csv").write_text(
        f"number,origin_kind,origin,owner,proof,until\n{NUMBER},trunk,LL-07,a made-up hospital,contract 7,\n"
    )
    finding_row(world["carrier"])
    (verdict,) = verdicts(world, "carrier")
    assert verdict.level == Level.CLEAR and "contract 7" in str(verdict.why)


def test_what_ran_out_is_made_anew_once(world: World) -> None:
    finding_row(world["carrier"], score=0.9, valid_until=AT + HOUR)
    finding_row(world["carrier"], score=0.6, detector="other", valid_until=AT + 3 * HOUR)
    verdicts(world, "carrier")
    with unscoped("test"):
        assert refresh_expired_verdicts(AT) == 0
        assert refresh_expired_verdicts(AT + HOUR) == 1
        assert VerdictRow.objects.get(superseded_at=None).level == Level.WATCH
        assert refresh_expired_verdicts(AT + HOUR) == 0
        assert refresh_expired_verdicts(AT + 3 * HOUR) == 1
        assert not VerdictRow.objects.filter(superseded_at=None).exists()


def test_no_more_is_asked_for_many_subjects_than_for_one(world: World) -> None:

    rows = [finding_row(world["carrier"], subject(f"+86170000{number:05d}")) for number in range(20)]

    def asked(some: list[FindingRow]) -> int:
        with unscoped("test"), CaptureQueriesContext(connection) as context:
            refresh_verdicts([SubjectOwner(row.subject_id, row.owner_id) for row in some], AT)
        return sum(query["sql"].startswith("SELECT") for query in context.captured_queries)

    asked(rows[:1])  # begins the log
    assert asked(rows[1:2]) == asked(rows[2:])

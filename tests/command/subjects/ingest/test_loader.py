"""A piece is taken in whole or not at all, once, with all that follows, and stands on record."""

from itertools import permutations
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.command.campaigns.findings import incoming
from tests.command.people import World
from tests.command.subjects.factories import AT
from tests.findings import finding

from fanzha.base.clock import to_ms
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.claims.finding import Mode, SubjectRole
from fanzha.command.audit.models import LogEntry
from fanzha.command.campaigns.models import Campaign, Placement
from fanzha.command.subjects.ingest.loader import BatchResult, ConcurrentImport, is_newer_version, load_batch
from fanzha.command.subjects.ingest.parser import ParsedFinding, RejectedFinding
from fanzha.command.subjects.ingest.sources import FindingBatch
from fanzha.command.subjects.models import Delivery, FindingRow, Presence, RejectedRow, VerdictRow
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.django_db


def one(number: int, **changes: Any) -> ParsedFinding:
    values = {
        "subject_kind": "phone_number",
        "subject": f"+861700000{number:04d}",
        "event_ids": (f"e{number}",),
        "found_at": to_ms(AT) - 1_000,
        "valid_until": to_ms(AT) + 86_400_000,
        "mode": Mode.LIVE,
        "score": 0.9,
        **changes,
    }
    return incoming(finding(**values))._replace(row=number)


def piece(*found: ParsedFinding, rejected: tuple[RejectedFinding, ...] = (), end: int = 0) -> FindingBatch:
    end = end or len(found) + len(rejected)
    return FindingBatch(list(found), list(rejected), end, end)


@pytest.fixture
def delivery(world: World) -> Delivery:
    return Delivery._base_manager.create(name="d", begins="b", owner=world["carrier"], began_at=AT, changed_at=AT)


def test_findings_presence_verdicts_campaigns_and_log_follow_together(world: World, delivery: Delivery) -> None:
    found = (one(1), one(2), one(1, event_ids=("e9",), score=0.5, mode=Mode.SHADOW))
    assert load_batch(delivery, piece(*found), AT) == BatchResult(3, 0, 0)
    with unscoped("test"):
        assert FindingRow.objects.count() == 3
        presence = Presence.objects.get(subject__value="+8617000000001")
        assert (presence.findings, presence.top_score) == (2, 0.9)
        assert VerdictRow.objects.count() == 2
        assert Campaign.objects.get().findings == 3 and Placement.objects.count() == 2
    entry = LogEntry._base_manager.get(kind="import")
    assert digest(*(each.finding_id for each in found)) in entry.facts and world["carrier"].ref in str(
        entry.organisation
    )


def test_role_and_maturity_are_stored_and_covered_by_the_digest_of_the_row(delivery: Delivery) -> None:
    changes = {"mode": Mode.SHADOW, "windows_full": False, "declared_role": SubjectRole.VICTIM}
    load_batch(delivery, piece(one(1, **changes)), AT)
    with unscoped("test"):
        row = FindingRow.objects.get()
        assert (row.role, row.maturity) == ("victim", "windows_not_full") == (row.detail.role, row.detail.maturity)
        assert Placement.objects.get().is_victim


def test_what_is_known_counts_as_known_and_changes_nothing(delivery: Delivery) -> None:
    load_batch(delivery, piece(one(1)), AT)
    assert load_batch(delivery, piece(one(1), one(2), one(2), end=4), AT) == BatchResult(1, 2, 0)
    with unscoped("test"):
        assert FindingRow.objects.count() == 2
        assert {row.findings for row in Presence.objects.all()} == {1}
        assert Campaign.objects.get().findings == 2
    delivery.refresh_from_db()
    assert (delivery.used, delivery.known, delivery.rejected, delivery.row) == (2, 2, 0, 4)


def test_findings_in_shadow_make_no_verdict(delivery: Delivery) -> None:
    load_batch(delivery, piece(one(1, mode=Mode.SHADOW)), AT)
    assert not VerdictRow._base_manager.exists()


def test_whose_they_are_says_the_finding_else_the_delivery(world: World, delivery: Delivery) -> None:
    bank, nobody = world["bank"].ref, "N" * 26
    found = (one(1), one(2, owner_organisation=bank), one(3, owner_organisation=nobody))
    assert load_batch(delivery, piece(*found), AT) == BatchResult(2, 0, 1)
    with unscoped("test"):
        owners = dict(FindingRow.objects.values_list("subject__value", "owner"))
    assert owners == {"+8617000000001": world["carrier"].pk, "+8617000000002": world["bank"].pk}
    assert load_batch(delivery, piece(one(4, owner_organisation=bank), end=9), AT, only_owner=True) == BatchResult(
        0, 0, 1
    )
    assert "owner_organisation" in RejectedRow.objects.order_by("-pk")[0].reason_en


def test_of_two_importers_the_second_writes_nothing(delivery: Delivery) -> None:
    late = Delivery._base_manager.get(pk=delivery.pk)
    load_batch(delivery, piece(one(1)), AT)
    with pytest.raises(ConcurrentImport):
        load_batch(late, piece(one(2)), AT)
    with unscoped("test"):
        assert FindingRow.objects.count() == 1 and LogEntry.objects.filter(kind="import").count() == 1


def test_rejected_rows_are_kept_with_their_reasons(delivery: Delivery) -> None:
    load_batch(delivery, piece(rejected=(RejectedFinding(1, Words("不行", "no"), "stood there"),)), AT)
    row = RejectedRow.objects.get()
    assert (row.row, row.reason_zh, row.reason_en, row.stood_there) == (1, "不行", "no", "stood there")


def test_a_finding_that_the_program_fails_on_is_put_aside_whole_and_the_rest_comes_in(
    world: World, delivery: Delivery, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    bad = one(2)
    beyond = msgspec.structs.replace(bad.finding, found_at=10**18)  # no calendar goes so far
    found = (one(1), bad._replace(finding=beyond), one(3))
    assert load_batch(delivery, piece(*found), AT) == BatchResult(2, 0, 1)
    with unscoped("test"):
        assert FindingRow.objects.count() == Placement.objects.count() == 2
    row = RejectedRow.objects.get()
    assert row.row == 2 and "spool/refused" in row.reason_en and delivery.position == 3
    (kept,) = (tmp_path / "spool" / "refused").glob("*.jsonl")
    again = msgspec.json.decode(kept.read_bytes(), type=type(beyond))
    assert again == msgspec.structs.replace(beyond, owner_organisation=world["carrier"].ref)
    entry = LogEntry._base_manager.get(kind="import")
    assert digest(found[0].finding_id, found[2].finding_id) in entry.facts


pytestmark = pytest.mark.django_db


def test_ten_is_newer_than_nine() -> None:
    assert (
        is_newer_version("10", "9")
        and is_newer_version("2b", "2a")
        and not is_newer_version("1", "1")
        and not is_newer_version("9", "10")
    )


def standing(world: World, versions: tuple[str, ...], together: int) -> set[str]:
    """Take versions of one finding in, so many at once; return those that stand."""
    with unscoped("test"):
        delivery = Delivery.objects.create(name="d", begins="b", owner=world["carrier"], began_at=AT, changed_at=AT)
        found = [
            incoming(finding(version=version, event_ids=("e1",), found_at=to_ms(AT) - 1_000, valid_until=to_ms(AT) + 1))
            for version in versions
        ]
        for first in range(0, len(found), together):
            batch = found[first : first + together]
            load_batch(delivery, FindingBatch(batch, [], first + len(batch), first + len(batch)), AT)
        stands = set(FindingRow.objects.filter(FindingRow.standing()).values_list("version", flat=True))
        by = FindingRow.objects.exclude(superseded_by="").values_list("superseded_by", flat=True)
        latest = FindingRow.objects.get(version="10").finding_id
        assert set(by) == {latest}
    return stands


@pytest.mark.parametrize("together", [1, 2, 3])
@pytest.mark.parametrize("versions", list(permutations(("2", "9", "10"))))
def test_the_latest_alone_stands_whatever_the_order(world: World, versions: tuple[str, ...], together: int) -> None:
    assert standing(world, versions, together) == {"10"}


def test_other_events_detectors_and_organisations_are_left_alone(world: World) -> None:
    with unscoped("test"):
        for name, changes in (
            ("carrier", {}),
            ("carrier", {"event_ids": ("e2",), "version": "2"}),
            ("carrier", {"detector": "other", "version": "2"}),
            ("bank", {"version": "2"}),
        ):
            values = {"event_ids": ("e1",), "found_at": to_ms(AT) - 1_000, "valid_until": to_ms(AT) + 1, **changes}
            delivery = Delivery.objects.create(
                name=name, begins=digest(str(changes)), owner=world[name], began_at=AT, changed_at=AT
            )
            load_batch(delivery, FindingBatch([incoming(finding(**values))], [], 1, 1), AT)
        assert FindingRow.objects.filter(FindingRow.standing()).count() == 4

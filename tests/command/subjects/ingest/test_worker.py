"""Findings come in once, from wherever they lie, and a file is gone on with where it was left."""

from pathlib import Path

import msgspec
import pyarrow.parquet as pq
import pytest
from tests.command.people import World
from tests.findings import finding

from fanzha.base.errors import UsageError
from fanzha.claims.finding import Finding, to_table
from fanzha.command.audit.models import LogEntry
from fanzha.command.campaigns.models import Campaign, Placement
from fanzha.command.subjects.ingest.spool import spool_folder, submit_findings
from fanzha.command.subjects.ingest.worker import exclusive_importer, ingest, poll_once, screen_log_folder
from fanzha.command.subjects.models import Delivery, FindingRow, IngestionState, Presence, RejectedRow, Subject
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let nothing wait in the spool that another test handed over."""
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path_factory.mktemp("home")))


def made_up(count: int, **changes: object) -> list[Finding]:
    """Findings about as many numbers."""
    values = {"subject_kind": "phone_number", "detector": "burst", **changes}
    return [finding(subject=f"+861700000{n:04d}", event_ids=(f"e{n}",), **values) for n in range(count)]


def parquet(folder: Path, findings: list[Finding]) -> Path:
    folder.mkdir(exist_ok=True)
    pq.write_table(to_table(findings), folder / "findings.parquet", row_group_size=70)
    return folder


def test_a_folder_of_analyze_is_taken_in_once(world: World, tmp_path: Path) -> None:
    folder = parquet(tmp_path / "out", made_up(250))
    (delivery,) = ingest([folder], world["carrier"])
    assert (delivery.used, delivery.known, delivery.rejected) == (250, 0, 0)
    assert delivery.state == IngestionState.DONE
    ingest([folder], world["carrier"])
    copied = parquet(tmp_path / "copy", made_up(250)[:20])
    (again,) = ingest([copied], world["carrier"])
    assert (again.used, again.known) == (0, 20)
    with unscoped("test"):
        assert FindingRow.objects.count() == Subject.objects.count() == Presence.objects.count() == 250
        assert set(FindingRow.objects.values_list("owner", flat=True)) == {world["carrier"].pk}
        row = FindingRow.objects.get(finding_id=made_up(1)[0].finding_id)
        assert row.detail.reasons_zh == ("理由",) and row.detail.basis == "ATF Art. 13" and row.trigger == "e0"
        assert Campaign.objects.count() == 1 and Placement.objects.count() == 250
        assert LogEntry.objects.filter(kind="import").exists()


def record(sequence: int, what: str, body: object) -> bytes:
    return msgspec.json.encode((sequence, 1_772_323_200_000, what, body)) + b"\n"


def test_the_log_of_a_screen_is_followed_line_by_line(world: World, tmp_path: Path) -> None:
    log = tmp_path / "2026-03-02T08.jsonl"
    first, second, third = made_up(3)
    half = record(4, "finding", third)
    log.write_bytes(record(1, "call", {"caller": "x"}) + record(2, "finding", first) + half[:100])
    (delivery,) = ingest([tmp_path], world["carrier"])
    assert (delivery.used, delivery.rejected, delivery.state) == (1, 0, IngestionState.OPEN)
    with log.open("ab") as file:
        file.write(half[100:] + record(5, "finding", second))
    (tmp_path / "2026-03-02T09.jsonl").write_bytes(record(6, "finding", made_up(4)[3]))
    assert [one.used for one in ingest([tmp_path], world["carrier"])] == [3, 1]
    assert [one.used for one in ingest([tmp_path], world["carrier"])] == [3, 1]
    with unscoped("test"):
        assert FindingRow.objects.count() == 4


def test_what_cannot_be_used_has_a_reason_and_the_rest_comes_in(world: World, tmp_path: Path) -> None:
    good = made_up(2)
    lines = [
        msgspec.json.encode(good[0]),
        b'{"detector": "x"}',
        msgspec.json.encode(msgspec.structs.replace(good[1], score=2.0)),
        msgspec.json.encode(msgspec.structs.replace(good[1], subject_kind="spaceship")),
        msgspec.json.encode(msgspec.structs.replace(good[1], owner_organisation="nobody")),
        msgspec.json.encode(msgspec.structs.replace(good[1], evidence="[1]")),
        b"\xff\xfe not text 13800001234",
        msgspec.json.encode(good[1])[:-1] + b',"finding_id":"0000"}',
        msgspec.json.encode(good[1]),
    ]
    (tmp_path / "found.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    (delivery,) = ingest([tmp_path], world["carrier"])
    assert (delivery.used, delivery.known, delivery.rejected, delivery.row) == (2, 0, 7, 9)
    rows = {row.row: row for row in RejectedRow.objects.all()}
    assert sorted(rows) == [2, 3, 4, 5, 6, 7, 8]
    assert all(row.reason_zh and row.reason_en for row in rows.values())
    assert "13800001234" not in rows[7].stood_there


def test_a_file_that_holds_no_findings_is_refused_by_name_and_column(world: World, tmp_path: Path) -> None:
    pq.write_table(to_table(made_up(1)).drop_columns(["score"]), tmp_path / "findings.parquet")
    with pytest.raises(UsageError, match="column score"):
        ingest([tmp_path], world["carrier"])


def lines(findings: list[Finding]) -> bytes:
    return b"\n".join(map(msgspec.json.encode, findings))


def test_what_waits_in_the_spool_is_taken_in_and_removed(world: World) -> None:
    submit_findings(lines(made_up(3, owner_organisation=world["isp"].ref)))
    name = submit_findings(lines(made_up(2, detector="other")), world["bank"])
    with unscoped("test"):
        assert poll_once() == 5 and poll_once() == 0
        assert FindingRow.objects.filter(owner=world["isp"]).count() == 3
        assert FindingRow.objects.filter(owner=world["bank"]).count() == 2
        assert Delivery.objects.get(name=name).used == 2
    assert [path for path in spool_folder().rglob("*") if path.is_file()] == []


def test_what_is_handed_over_again_is_removed_and_changes_nothing(world: World) -> None:
    for _ in range(2):
        name = submit_findings(lines(made_up(3)), world["isp"])
        with unscoped("test"):
            poll_once()
    with unscoped("test"):
        assert FindingRow.objects.count() == 3 and Delivery.objects.get(name=name).used == 3
    assert not (spool_folder() / name).exists()


def test_an_organisation_hands_over_its_own_findings_alone(world: World) -> None:
    submit_findings(lines(made_up(2, owner_organisation=world["isp"].ref)), world["bank"])
    with unscoped("test"):
        poll_once()
        assert FindingRow.objects.count() == 0 and Delivery.objects.get().rejected == 2


def test_what_no_reader_can_read_is_put_aside_and_holds_nothing_up(world: World) -> None:
    name = submit_findings(b"PAR1 is how it begins, and that is all", world["isp"])
    submit_findings(lines(made_up(1)), world["isp"])
    with unscoped("test"):
        assert poll_once() == 1
        assert Delivery.objects.get(name=name).state == IngestionState.REFUSED
    assert (spool_folder().parent / "refused" / name.replace("/", "-")).read_bytes().startswith(b"PAR1")


def test_what_a_screen_of_this_machine_found_is_its_operators(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "fanzha.toml").write_text('[verdicts]\norganisation = "Example mvno"\n')
    screen_log_folder().mkdir(parents=True)
    (screen_log_folder() / "2026-03-02T08.jsonl").write_bytes(record(1, "finding", made_up(1)[0]))
    with unscoped("test"):
        assert poll_once() == 1
        assert FindingRow.objects.get().owner == world["mvno"]


def test_a_file_that_was_given_to_nobody_can_be_given_to_its_owner(world: World, tmp_path: Path) -> None:
    folder = parquet(tmp_path / "out", made_up(2))
    (nobodys,) = ingest([folder])
    assert nobodys.rejected == 2
    (owned,) = ingest([folder], world["carrier"])
    assert owned.used == 2


def test_there_is_one_importer(world: World) -> None:
    with exclusive_importer(), pytest.raises(UsageError, match="another importer"), exclusive_importer():
        pass

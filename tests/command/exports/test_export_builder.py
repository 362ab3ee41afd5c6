"""The worker makes the file as whoever asked may still read it, with progress, marked with who, when and what for."""

import csv

import pytest
from tests.command.exports.factories import build_export, request_table, verdict
from tests.command.people import World

from fanzha.command.audit.models import LogEntry
from fanzha.command.evidence import packs
from fanzha.command.exports import export_builder
from fanzha.command.exports.export_builder import make_export, pack_writer
from fanzha.command.exports.export_file import export_path
from fanzha.command.exports.models import Export, ExportState
from fanzha.command.organizations.models import Membership, Person
from fanzha.command.web.roles import Role


def rows(export: Export) -> list[list[str]]:
    with export_path(export.ref).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_the_file_is_masked_and_says_who_took_it_out_when_and_what_for(world: World) -> None:
    verdict(world["carrier"])
    export = request_table(world, case="C1")
    Person.objects.update(language="en")
    done = build_export(export)
    mark, head, row = rows(done)
    assert mark[0].startswith(f"# Export {done.ref} · carrier analyst <analyst@carrier.example> · Example carrier · 20")
    assert mark[0].endswith("purpose: a report · case: C1 · do not pass on")
    assert head[1] == "subject" and head[-1] == "export"
    assert "•" in row[1] and row[-1] == done.ref
    assert (done.state, done.done, done.size) == (ExportState.DONE, 1, export_path(done.ref).stat().st_size)
    assert done.expires_at is not None and done.expires_at > done.asked_at
    entry = LogEntry._base_manager.get(kind="export")
    assert done.sha256 in entry.facts and entry.organisation == world["carrier"].ref


def test_words_are_in_the_language_of_who_asked(world: World) -> None:
    verdict(world["carrier"])
    export = request_table(world)
    Person.objects.update(language="zh-hans")
    assert rows(build_export(export))[1][1] == "对象"


def test_whole_values_when_they_were_approved(world: World) -> None:
    verdict(world["carrier"])
    export = request_table(world, unmasked=True)
    assert build_export(export).state == ExportState.TO_APPROVE, "nobody approved it yet"
    Export._base_manager.update(state=ExportState.QUEUED)
    assert rows(build_export(export))[2][1] == "'+8617000001234"


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_it_is_read_piece_by_piece(world: World, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_builder, "CHUNK", size)
    for number in range(5):
        verdict(world["carrier"], number)
    done = build_export(request_table(world))
    assert done.done == 5 and len({row[-2] for row in rows(done)[2:]}) == 5


def test_who_lost_his_role_meanwhile_gets_nothing(world: World) -> None:
    verdict(world["carrier"])
    export = request_table(world)
    Membership.objects.update(since="2099-01-01T00:00Z")
    failed = build_export(export)
    assert (failed.state, failed.problem) == (ExportState.FAILED, export_builder.GONE)
    assert not export_path(export.ref).exists()


def test_what_was_refused_or_made_before_is_not_made_again(world: World) -> None:
    verdict(world["carrier"])
    done = build_export(request_table(world))
    export_path(done.ref).unlink()
    assert build_export(done).state == ExportState.DONE and not export_path(done.ref).exists()


def test_one_that_is_stopped_meanwhile_leaves_no_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict(world["carrier"])
    export = request_table(world)

    def stopped(row: Export) -> str:
        Export._base_manager.update(state=ExportState.REMOVED)
        return "mark"

    monkeypatch.setattr(export_builder, "watermark", stopped)
    assert build_export(export).state == ExportState.REMOVED
    assert not export_path(export.ref).exists()


def test_one_that_breaks_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict(world["carrier"])
    export = request_table(world)
    monkeypatch.setattr(export_builder, "watermark", lambda row: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make_export.call(export.ref)
    assert Export._base_manager.get().problem == export_builder.BROKEN


def test_each_takes_out_what_he_reads(world: World) -> None:
    verdict(world["carrier"])
    verdict(world["other_carrier"], 2)
    assert build_export(request_table(world)).done == 1
    assert build_export(request_table(world, "administration", Role.INSPECTOR)).done == 2


def test_packs_are_written_by_the_evidence_app() -> None:
    assert pack_writer() is packs

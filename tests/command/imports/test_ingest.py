"""Rows that can be used are used, others are told; whoever finds an import left half read begins it again."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.imports.factories import PORTED, counts, handed_in
from tests.command.people import World

from fanzha.command.imports import ingest, uploads
from fanzha.command.imports.ingest import ingest_import, pending_imports
from fanzha.command.imports.models import ImportJob
from fanzha.command.imports.services import submit_file
from fanzha.store.numbering_tables import load_numbering_tables


def test_good_rows_are_used_and_bad_ones_told_by_row_column_and_reason(world: World) -> None:
    job = handed_in(world, "portability", PORTED + "rubbish,Unicom,\n+8617000001236,,\n")
    assert counts(job) == ("done", 2, 2, 0) and job.read == 4
    rejects = [(reject["row"], reject["column"], reject["reason"]) for reject in uploads.read_rejects(job.ref)]
    assert rejects == [(4, "number", "is not a telephone number"), (5, "operator", "names no operator")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [("number\n+8617000001234\n", "operator"), ("number,operator\nx,y\n", "no row"), ("\x01\x02" * 99, "")],
)
def test_a_file_of_which_nothing_can_be_used_fails_and_says_why(world: World, text: str, problem: str) -> None:
    job = handed_in(world, "portability", text)
    assert job.state == "failed" and problem in job.problem_en and job.problem_zh and job.used == 0
    tables = load_numbering_tables()
    assert tables.portability is None and tables.allocation is None


def test_the_pieces_are_all_taken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest, "BATCH_ROWS", 7)
    rows = "".join(f"+86170000{number:05d},Unicom\n" for number in range(100))
    assert counts(handed_in(world, "portability", "number,operator\n" + rows)) == ("done", 100, 0, 0)


def test_one_that_was_left_half_read_is_read_again_as_a_whole(world: World) -> None:
    job = submit_file(world["carrier"], "portability", "t.csv", [PORTED.encode()]).job
    assert pending_imports() == [(job.pk, job.owner.ref)]
    later = timezone.now() + timedelta(minutes=1)
    ImportJob._base_manager.update(state="running", held_until=later, read=1, used=1)
    assert pending_imports() == [] and not ingest_import(job.pk)
    ImportJob._base_manager.update(held_until=timezone.now() - timedelta(seconds=1))
    assert pending_imports() == [(job.pk, job.owner.ref)] and ingest_import(job.pk)
    job.refresh_from_db()
    assert counts(job) == ("done", 2, 0, 0) and not ingest_import(job.pk)


@pytest.mark.parametrize("levels", [700, 100_000])
def test_a_deeply_nested_row_is_rejected_and_the_others_are_used(world: World, levels: int) -> None:
    good = '{"number": "+8617000001234", "operator": "Unicom"}\n'
    nested = f'{{"number": {"[" * levels}1{"]" * levels}, "operator": "Unicom"}}\n'
    job = submit_file(world["carrier"], "portability", "t.jsonl", [(good + nested).encode()]).job
    ingest_import(job.pk)
    job.refresh_from_db()
    assert counts(job) == ("done", 1, 1, 0)
    assert [(reject["row"], reject["reason"]) for reject in uploads.read_rejects(job.ref)] == [
        (2, "the JSON is nested too deeply")
    ]


def test_a_mistake_of_ours_is_said_to_be_ours(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "append_rejects", lambda *_: 1 / 0)
    job = handed_in(world, "portability", PORTED)
    assert job.state == "failed" and "our side" in job.problem_en


def test_a_file_that_is_gone_is_told(world: World) -> None:
    job = submit_file(world["carrier"], "portability", "t.csv", [PORTED.encode()]).job
    uploads.upload_path(job.ref).unlink()
    ingest_import(job.pk)
    job.refresh_from_db()
    assert job.state == "failed" and "not on this machine" in job.problem_en

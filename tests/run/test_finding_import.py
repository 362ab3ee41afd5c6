"""Importing files of findings prints the counts and the first reasons of rejection."""

import threading
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from tests.command.people import make_world

from fanzha.analyze.terminal import Progress
from fanzha.base.errors import UsageError
from fanzha.command.subjects.ingest import worker
from fanzha.command.subjects.ingest.spool import spool_folder
from fanzha.run.finding_import import import_findings, print_finding_import

pytestmark = pytest.mark.django_db


def test_rejected_rows_are_told_with_their_reasons_and_no_more_than_ten(tmp_path: Path) -> None:
    make_world()
    (tmp_path / "found.jsonl").write_bytes(b'{"no": "finding"}\n' * 12)
    summary = import_findings([tmp_path], "Example carrier", Progress(Console(stderr=True), quiet=True))
    output = StringIO()
    print_finding_import(Console(width=200, file=output), summary)
    assert (summary.used, summary.rejected) == (0, 12)
    assert output.getvalue().count("不是线索") == 10 and "… 2" in output.getvalue()


def test_an_unknown_organisation_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no organisation 'nobody'"):
        import_findings([tmp_path], "nobody", Progress(Console(stderr=True), quiet=True))


def test_an_importer_that_ends_is_not_waited_for(tmp_path: Path) -> None:
    make_world()
    (tmp_path / "found.jsonl").write_bytes(b'{"no": "finding"}\n')
    started, finished = threading.Event(), threading.Event()

    def hold_importer_lock() -> None:
        """Hold the importer's lock until a file is in the spool or the test ends."""
        with worker.exclusive_importer():
            started.set()
            while not finished.wait(0.02) and not any(spool_folder().glob("*/*.jsonl")):
                pass

    thread = threading.Thread(target=hold_importer_lock)
    thread.start()
    assert started.wait(60)
    try:
        with pytest.raises(UsageError, match="has ended"):
            import_findings([tmp_path], "Example carrier", Progress(Console(stderr=True), quiet=True))
    finally:
        finished.set()
        thread.join()

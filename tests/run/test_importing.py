"""What became of files of findings is added up, and told with the first reasons."""

import threading
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from tests.command.people import make_world

from fanzha.analyze.terminal import Progress
from fanzha.base.errors import WrongCall
from fanzha.command.subjects.ingest import worker
from fanzha.command.subjects.ingest.spool import spool_folder
from fanzha.run.importing import bring_in, print_account

pytestmark = pytest.mark.django_db


def test_rejected_rows_are_told_with_their_reasons_and_no_more_than_ten(tmp_path: Path) -> None:
    make_world()
    (tmp_path / "found.jsonl").write_bytes(b'{"no": "finding"}\n' * 12)
    account = bring_in([tmp_path], "Example carrier", Progress(Console(stderr=True), quiet=True))
    printed = StringIO()
    print_account(Console(width=200, file=printed), account)
    assert (account.used, account.rejected) == (0, 12)
    assert printed.getvalue().count("不是线索") == 10 and "… 2" in printed.getvalue()


def test_an_unknown_organisation_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(WrongCall, match="no organisation 'nobody'"):
        bring_in([tmp_path], "nobody", Progress(Console(stderr=True), quiet=True))


def test_an_importer_that_ends_is_not_waited_for(tmp_path: Path) -> None:
    make_world()
    (tmp_path / "found.jsonl").write_bytes(b'{"no": "finding"}\n')
    begun, over = threading.Event(), threading.Event()

    def holds() -> None:
        """Be the importer until something was handed over, or the test is over."""
        with worker.alone():
            begun.set()
            while not over.wait(0.02) and not any(spool_folder().glob("*/*.jsonl")):
                pass

    other = threading.Thread(target=holds)
    other.start()
    assert begun.wait(60)
    try:
        with pytest.raises(WrongCall, match="has ended"):
            bring_in([tmp_path], "Example carrier", Progress(Console(stderr=True), quiet=True))
    finally:
        over.set()
        other.join()

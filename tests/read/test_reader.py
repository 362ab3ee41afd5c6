"""What a source is called, and that a batch accounts for its rows."""

from pathlib import Path

from fanzha.read import Batch, Source


def test_a_member_stands_behind_its_zip_file() -> None:
    assert Source(Path("x/a.csv")).name == "x/a.csv"
    assert Source(Path("x/a.zip"), "b/c.csv").name == "x/a.zip!b/c.csv"


def test_an_empty_batch_accounts_for_nothing() -> None:
    batch = Batch()
    assert (batch.read, batch.used, batch.waiting, batch.tables, batch.rejects) == (0, 0, 0, {}, ())

"""Names of sources, row counts of batches, and all batches of a source as one result."""

from pathlib import Path

from fanzha.read import EventBatch, ReadContext, SourceFile, find_sources, read_source
from fanzha.read._reader import ReadResult, collect_batches


def test_a_member_stands_behind_its_zip_file() -> None:
    assert SourceFile(Path("x/a.csv")).name == "x/a.csv"
    assert SourceFile(Path("x/a.zip"), "b/c.csv").name == "x/a.zip!b/c.csv"


def test_an_empty_batch_accounts_for_nothing() -> None:
    batch = EventBatch()
    assert (batch.read, batch.used, batch.waiting, batch.tables, batch.rejects) == (0, 0, 0, {}, ())


def test_batches_add_up(tmp_path: Path) -> None:
    path = tmp_path / "hosts.txt"
    path.write_text("a.example\nb.example\nnot a host\n")
    (source,) = find_sources([path])
    whole = read_source(source, ReadContext(1_772_323_815_000))
    assert (whole.read, whole.used, len(whole.rejects), whole.tables["site_seen"].num_rows) == (3, 2, 1, 2)
    assert [row["host"] for row in whole.rows("site_seen")] == ["a.example", "b.example"]
    assert "url" not in whole.rows("site_seen")[0], "what is not known is left out"


def test_nothing_is_an_empty_account() -> None:
    assert collect_batches(iter([EventBatch(), EventBatch()])) == ReadResult()
    assert ReadResult().rows("message") == []

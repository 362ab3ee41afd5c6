"""All batches of a small source are one account and one table each."""

from pathlib import Path

from fanzha.read import Batch, Terms, read_whole, sources
from fanzha.read._whole import Whole, collected


def test_batches_add_up(tmp_path: Path) -> None:
    path = tmp_path / "hosts.txt"
    path.write_text("a.example\nb.example\nnot a host\n")
    (source,) = sources([path])
    whole = read_whole(source, Terms(1_772_323_815_000))
    assert (whole.read, whole.used, len(whole.rejects), whole.tables["site_seen"].num_rows) == (3, 2, 1, 2)
    assert [row["host"] for row in whole.rows("site_seen")] == ["a.example", "b.example"]
    assert "url" not in whole.rows("site_seen")[0], "what is not known is left out"


def test_nothing_is_an_empty_account() -> None:
    assert collected(iter([Batch(), Batch()])) == Whole()
    assert Whole().rows("message") == []

"""Paths of tiles are those of the specification; answers that are not what was asked for fail."""

import pytest
from tests.collect.followed_log import LOCAL
from tests.collect.log_server import ORIGIN, MadeLog, serving
from tests.collect.made_certificates import MadeEntry

from fanzha.base.outgoing_request import RequestFailed
from fanzha.collect.http_client import HttpClient
from fanzha.collect.transparency.log_source import EntriesWithheld, QueryLogSource, TileLogSource, tile_path
from fanzha.collect.transparency.merkle import ProofInvalid
from fanzha.collect.transparency.tree_head import LogKey


@pytest.mark.parametrize(
    ("number", "path"), [(0, "000"), (67, "067"), (999, "999"), (1_000, "x001/000"), (1_234_067, "x001/x234/067")]
)
def test_paths_of_tiles(number: int, path: str) -> None:
    assert tile_path(number) == path


@pytest.mark.usefixtures("socket_enabled")
def test_proofs_over_many_tiles_are_those_of_the_log() -> None:
    made = MadeLog()
    for number in range(66_000):
        made.add_entry(MadeEntry(False, number.to_bytes(3), b""), ())
    made.publish()
    with serving(made) as url:
        client = HttpClient(url, LOCAL)
        source = TileLogSource(client, LogKey(made.spki), ORIGIN)
        for size, index in ((66_000, 0), (66_000, 65_999), (66_000, 65_535), (65_536, 300), (700, 513)):
            assert source.fetch_inclusion_path(index, b"", size) == made.path(index, 0, size)
            assert source.fetch_consistency_proof(index + 1, size) == made.proof(index + 1, 0, size)
        assert source.unit_end(65_536, 66_000) == 65_792
        assert source.unit_end(65_999, 66_000) == 66_000
        source.close()


@pytest.mark.usefixtures("socket_enabled")
def test_answers_that_do_not_fit_the_question_fail() -> None:
    made = MadeLog()
    for number in range(3):
        made.add_entry(MadeEntry(False, number.to_bytes(3), b""), ())
    made.publish()
    with serving(made) as url:
        client = HttpClient(url, LOCAL)
        source = QueryLogSource(client, LogKey(made.spki))
        assert source.fetch_leaves(1, 3, 3) == made.leaves[1:]
        assert source.fetch_consistency_proof(0, 3) == []
        with pytest.raises(ProofInvalid, match="does not know"):
            source.fetch_inclusion_path(1, bytes(32), 3)
        with pytest.raises(ProofInvalid, match="proves entry 2 in place of 1"):
            source.fetch_inclusion_path(1, made.levels[0][2], 3)
        made.withheld = {1}
        with pytest.raises(EntriesWithheld):
            source.fetch_leaves(1, 3, 3)
        made.next_faults = ["garbage"]
        with pytest.raises(RequestFailed, match="malformed"):
            source.fetch_leaves(0, 3, 3)
        source.close()

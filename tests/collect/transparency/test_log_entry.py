"""Leaves and data tiles give the names of their certificates; broken ones are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.collect.log_server import FIRST_MS, MadeLog

from fanzha.collect.transparency.certificate_names import CertificateMalformed
from fanzha.collect.transparency.log_entry import TileMalformed, read_leaf, split_tile


@pytest.fixture(scope="module")
def made() -> MadeLog:
    log = MadeLog()
    log.fill(4)
    return log


def test_certificates_and_precertificates_give_their_names(made: MadeLog) -> None:
    for index, names in enumerate(made.names):
        entry = read_leaf(made.leaves[index])
        assert [name.decode() for name in entry.names] == list(names)
        assert entry.logged_at == FIRST_MS + index
        assert entry.is_precertificate == bool(index % 2)


def test_a_data_tile_gives_the_leaves_of_the_tree(made: MadeLog) -> None:
    assert split_tile(b"".join(made.rows)) == made.leaves
    assert split_tile(b"") == []


@given(cut=st.integers(1, 400))
def test_a_tile_that_ends_too_early_is_refused(made: MadeLog, cut: int) -> None:
    with pytest.raises(TileMalformed):
        split_tile(b"".join(made.rows)[:-cut])


@given(st.binary(max_size=100))
def test_garbage_is_refused(data: bytes) -> None:
    with pytest.raises(CertificateMalformed):
        read_leaf(data)
    if data:
        with pytest.raises(TileMalformed):
            split_tile(data)


def test_leaves_of_unknown_types_are_refused(made: MadeLog) -> None:
    leaf = made.leaves[0]
    for changed in (b"\x01" + leaf[1:], leaf[:10] + b"\x00\x07" + leaf[12:]):
        with pytest.raises(CertificateMalformed):
            read_leaf(changed)

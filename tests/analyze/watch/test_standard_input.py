"""Standard input is used record by record, as it comes; what has no lines is refused."""

import os
from pathlib import Path

import pytest
from tests.analyze.watch.sequence import HEAD, MAP, row

from fanzha.analyze.watch.standard_input import TOO_LONG, StandardInput, StreamSettings, StreamText
from fanzha.base.errors import UsageError


@pytest.fixture
def settings(tmp_path: Path) -> StreamSettings:
    (tmp_path / "map.toml").write_text(MAP)
    return StreamSettings(tmp_path / "work", tmp_path / "map.toml")


def test_whole_records_are_used_as_they_come(settings: StreamSettings) -> None:
    reads, writes = os.pipe()
    source = StandardInput(settings, lambda: 0, reads)
    assert source.poll() == [] and source.is_caught_up and not source.is_ended
    os.write(writes, (HEAD + row(0) + row(1)[:9]).encode())
    assert [arrival.row_count for arrival in source.poll()] == [1]
    os.write(writes, (row(1)[9:] + row(2) + row(3)[:9]).encode())
    os.close(writes)
    (arrival,) = source.poll()
    assert arrival.row_count == 2
    assert source.poll() == [] and source.is_ended
    assert list(source.list_problems()) == ["stdin"]
    os.close(reads)


def test_rejects_count_the_lines_of_the_stream(settings: StreamSettings) -> None:
    reads, writes = os.pipe()
    source = StandardInput(settings, lambda: 0, reads)
    os.write(writes, (HEAD + row(0)).encode())
    source.poll()
    os.write(writes, b"e9,no moment,1,2\n")
    (arrival,) = source.poll()
    assert [reject.row for reject in arrival.rejects] == [3]
    os.close(writes)
    os.close(reads)


def test_what_has_no_lines_is_refused(tmp_path: Path) -> None:
    reads, writes = os.pipe()
    os.write(writes, b"[\n1, 2, 3]\n")
    with pytest.raises(UsageError, match="no lines of text"):
        StandardInput(StreamSettings(tmp_path), lambda: 0, reads).poll()
    os.close(writes)
    os.close(reads)


def test_a_first_line_without_end_is_rejected_and_what_follows_it_is_read(settings: StreamSettings) -> None:
    text = StreamText("stdin", settings, lambda: 0)
    rejects = [reject for _ in range(10) if (arrival := text.add(b"x" * (1 << 20))) for reject in arrival.rejects]
    assert [reject.reason for reject in rejects] == [TOO_LONG.en]
    assert text.waiting_bytes == 0 and text.add(b"x" * (1 << 20)) is None and text.waiting_bytes == 0
    assert text.add(b"xx\n") is None  # the end of the long line, and of what has come
    arrival = text.add(HEAD.encode() + row(1).encode())
    assert arrival is not None and arrival.row_count == 1

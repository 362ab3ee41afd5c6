"""A text is cut into whole records, quoted line ends kept together, whatever stands in it."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from fanzha.read._chunks import MAX_RECORD_BYTES, Chunk, split_chunks


def blocks(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


@given(st.text(st.sampled_from('a",\n'), max_size=60), st.integers(1, 20), st.booleans())
def test_nothing_is_lost_and_lines_are_counted(text: str, size: int, quotes: bool) -> None:
    data = text.encode()
    found = list(split_chunks(blocks(data, size), quotes=quotes))
    assert b"".join(chunk.data for chunk in found) == data
    line = 1
    for chunk in found:
        assert chunk.line == line
        line += chunk.data.count(b"\n")
    assert all(chunk.data.endswith(b"\n") for chunk in found[:-1])


def test_a_line_end_inside_quotes_cuts_nothing() -> None:
    text = b'1,"a\nb"\n2,"c\nd"\n'
    found = list(split_chunks(blocks(text, 4), quotes=True))
    assert [chunk.data for chunk in found] == [b'1,"a\nb"\n', b'2,"c\nd"\n']


def test_a_record_without_end_is_passed_over_and_the_next_one_is_read() -> None:
    text = b"1\n" + b"x" * (MAX_RECORD_BYTES + 5_000_000) + b"\n2\n"
    found = list(split_chunks(blocks(text, 1 << 20), quotes=True))
    assert found[0] == Chunk(b"1\n", 1)
    assert (found[1].line, found[1].too_long, len(found[1].data)) == (2, True, 256)
    assert found[-1] == Chunk(b"2\n", 3)


def test_a_quote_without_end_does_not_hold_the_file_back() -> None:
    text = b'1,"x\n' + b"2,y\n" * 6_000_000
    sizes = [len(chunk.data) for chunk in split_chunks(blocks(text, 1 << 20), quotes=True)]
    assert sum(sizes) == len(text) and max(sizes) <= MAX_RECORD_BYTES + (2 << 20)

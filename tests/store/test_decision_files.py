"""What stands in a file of decisions is known as it is now, and each line is decoded once."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.test_decisions import ORDERED

from fanzha.base.errors import WrongCall
from fanzha.store.decision_files import Line, given_on, lines_of, standing_in

OTHER = msgspec.structs.replace(ORDERED, subject="+8617000000002")
THINGS = {("phone_number", ORDERED.subject), ("phone_number", OTHER.subject)}


def written(*lines: Line) -> bytes:
    return b"".join(msgspec.json.encode(one) + b"\n" for one in lines)


@given(
    lines=st.lists(st.builds(Line, id=st.sampled_from("abc"), given=st.sampled_from([ORDERED, OTHER, None]))),
    cuts=st.lists(st.integers(0, 4_000), max_size=5),
)
def test_a_file_that_grows_says_the_same_as_one_that_is_read_at_once(
    tmp_path_factory: pytest.TempPathFactory, lines: list[Line], cuts: list[int]
) -> None:
    path, data = tmp_path_factory.mktemp("home") / "one.jsonl", written(*lines)
    for end in sorted(min(cut, len(data)) for cut in cuts):
        path.write_bytes(data[:end])
        lines_of(path)
    path.write_bytes(data)
    expected: dict[str, Line] = {}
    for line in lines:
        if line.id not in expected or expected[line.id].given:
            expected[line.id] = line
    assert lines_of(path) == expected
    standing = list(standing_in(expected).values())
    assert sorted(given_on(path, THINGS), key=repr) == sorted(standing, key=repr)


def test_a_file_that_was_put_in_order_or_is_gone_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_bytes(written(*(Line(id=f"{number}", given=ORDERED) for number in range(9))))
    assert len(lines_of(path)) == 9
    path.write_bytes(written(*(Line(id=f"new {number}", given=OTHER) for number in range(20))))
    assert [*lines_of(path)] == [f"new {number}" for number in range(20)]
    assert given_on(path, {("phone_number", ORDERED.subject)}) == []
    path.unlink()
    assert lines_of(path) == {} == lines_of(path)


def test_lines_that_were_read_are_not_decoded_again(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_bytes(written(Line(id="one", given=ORDERED)))
    first = lines_of(path)["one"]
    with path.open("ab") as file:
        file.write(written(Line(id="other", given=OTHER)))
    assert lines_of(path)["one"] is first


def test_a_wrong_line_is_named_each_time_and_by_its_place_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "one.jsonl"
    path.write_bytes(written(Line(id="one", given=ORDERED)))
    lines_of(path)
    with path.open("ab") as file:
        file.write(written(Line(id="other", given=OTHER)) + b"{}\n")
    for _ in range(2):
        with pytest.raises(WrongCall, match="line 3"):
            lines_of(path)

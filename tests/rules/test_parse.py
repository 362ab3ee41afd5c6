"""Whatever the text, parsing gives a tree or a RuleError, and costs no more than the text is long."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.rules.rule_texts import drawn, text

from fanzha.rules import RuleError, check, decoded, parse
from fanzha.rules.words import HEADS, RESERVED

#: Pieces that stand next to each other by chance: words of the language, signs, and what breaks scanners.
PIECES = st.sampled_from(
    [*sorted(RESERVED | HEADS), "caller", "talk_ms", "call_ended", "1h", "20 s", "3", "0.5", "%", '"', '"a"', "\\", "'"]
    + [
        *"()=<>,+-*/;!&|#\n\t\r\0",
        ">=",
        "!=",
        "≥",
        "，",
        "（",
        "“",
        "”",
        "　",
        "名",
        "\u202e",
        "\ud800",
        "٣",
        "²",
        "é",
        "𝟙",
    ]
)


def tried(written: str) -> None:
    """Parse and check; any other exception than RuleError is a failure."""
    try:
        check(parse(written))
    except RuleError as error:
        assert str(error)


@given(st.lists(PIECES, max_size=60).map(" ".join))
def test_any_words_give_a_tree_or_a_rule_error(written: str) -> None:
    tried(written)
    tried(f"rule r on call_ended when {written}")


@given(st.binary(max_size=200))
@example(b"\xef\xbb\xbfrule")
@example(b"\xff\xfe")
@example(b"rule r\n \xe4\xb8")
def test_any_bytes_give_a_text_or_a_rule_error(data: bytes) -> None:
    try:
        tried(decoded(data))
    except RuleError as error:
        assert error.code == "R114"


@given(st.integers(0, 10_000), st.data())
def test_a_rule_with_anything_changed_gives_a_tree_or_a_rule_error(seed: int, data: st.DataObject) -> None:
    written = drawn(seed)
    start = data.draw(st.integers(0, len(written)))
    end = data.draw(st.integers(start, min(len(written), start + 12)))
    piece = data.draw(st.one_of(PIECES, st.text(max_size=5), st.just(written[:start][-30:])))
    tried(written[:start] + piece + written[end:])


def test_the_place_of_bytes_that_are_no_utf8_is_told() -> None:
    with pytest.raises(RuleError) as raised:
        decoded("rule r\n  # 备注".encode("gb18030"), name="x.rule")
    assert (raised.value.code, raised.value.line, raised.value.column) == ("R114", 2, 5)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert decoded(text().encode("utf-8-sig")) == text()


def seconds(written: str) -> float:
    """Measure the CPU time of parsing and checking."""
    began = time.process_time()
    tried(written)
    return time.process_time() - began


def least_seconds(rule: str) -> float:
    """Take the best of three: other programs on the machine only ever add."""
    return min(seconds(rule) for _ in range(3))


@pytest.mark.parametrize(
    "part",
    [
        "(",
        "not ",
        "- ",
        "a + ",
        "a and ",
        "count(call_ended by ",
        "count(call_ended by caller where ",
        "points(1 when ",
        '"',
        "“",
        "'",
        "\\",
        "，",
        "1.",
        "x else ",
        "a = ",
        "rule r ",
        "\nwhen ",
        "\nlist a = ",
        "名",
        "9",
        "a",
        "9 m",
        ';"\n',
    ],
)
def test_the_cost_grows_with_the_length_of_a_hostile_text(part: str) -> None:
    short, long = (text(part * count) for count in (1_000, 10_000))
    seconds(short)
    assert least_seconds(long) < 25 * max(least_seconds(short), 0.01)


@pytest.mark.parametrize("operator", ["+", "*"])
def test_lets_that_double_each_other_cost_nothing(operator: str) -> None:
    lets = "".join(f"  let n{i + 1} = n{i} {operator} n{i}\n" for i in range(60))
    assert seconds(text("n60 > 1", lets="  let n0 = release_cause\n" + lets)) < 1


def test_a_long_chain_is_refused_and_a_chain_of_some_dozens_is_not() -> None:
    check(parse(text(" or ".join(["answered"] * 90))))
    with pytest.raises(RuleError) as raised:
        parse(text(" or ".join(["answered"] * 10_000)))
    assert raised.value.code == "R510"

"""The text of a sentence: slots, forms of numbers, parts that may be left out, and what is wrong with others."""

import pytest

from fanzha.rules.sentence_template import OptionalPart, SentenceSlot, TemplateError, parse_template


def test_slots_and_optional_parts_are_told_from_plain_text() -> None:
    assert parse_template("{a|call|calls} and {b:%}[, {c} each]") == (
        SentenceSlot("a", 0, one="call", many="calls"),
        " and ",
        SentenceSlot("b", 19, percent=True),
        OptionalPart((", ", SentenceSlot("c", 27, optional=True), " each")),
    )


@pytest.mark.parametrize(
    ("text", "position"),
    [("{a b}", 0), ("x{", 1), ("a}", 1), ("a]", 1), ("[a {b}", 0), ("[{a}[{b}]]", 4), ("x[y]", 1), ("{a|b}", 0)],
)
def test_what_does_not_fit_is_pointed_at(text: str, position: int) -> None:
    with pytest.raises(TemplateError) as raised:
        parse_template(text)
    assert raised.value.position == position
    assert raised.value.why.zh and raised.value.why.en

"""A conversation is cut after its first turns or characters, however its speakers are marked."""

import pytest

from fanzha.analyze.turns import first_turns, opening_text


@pytest.mark.parametrize(
    ("text", "count", "expected"),
    [
        ("left: 喂，你好\r\nright: 你好，我是客服\r\nleft: 什么事", 2, "left: 喂，你好\nright: 你好，我是客服"),
        ("L:您好\nR:哪位\nL:我是银行的", 1, "L:您好"),
        ("客服：您好\n请稍等\n用户：好的", 1, "客服：您好\n请稍等"),
        ("没有说话人的一段话\n第二行", 1, "没有说话人的一段话\n第二行"),
        ("开场白\nL:您好\nR:哪位", 2, "开场白\nL:您好"),
        ("", 3, ""),
        ("L:您好", 9, "L:您好"),
    ],
)
def test_first_turns(text: str, count: int, expected: str) -> None:
    assert first_turns(text, count) == expected


def test_a_time_or_an_address_in_a_line_starts_no_turn() -> None:
    assert first_turns("L:几点\n10:30 见\nhttps://example.invalid/a\nR:好", 1).count("\n") == 1 + 1


def test_an_opening_is_what_is_said_first_without_who_says_it() -> None:
    assert opening_text("left: 喂，你好\r\nright: 我是客服\r\nleft: 什么事", 8) == "喂，你好\n我是客"
    assert opening_text("L:您好\nR:哪位", 100) == "您好\n哪位"
    assert opening_text("", 5) == ""

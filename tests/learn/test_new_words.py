"""New words are those whose share of texts grew; numbers are never shown, rare words neither."""

import pyarrow as pa

from fanzha.learn.new_words import new_words


def words(texts: list[str], earlier: list[str], limit: int = 20) -> list[str]:
    return [word.word for word in new_words(pa.array(texts), pa.array(earlier), limit)]


EARLIER = ["您的快递丢失，请办理理赔"] * 40


def test_a_word_that_was_not_there_is_shown_with_its_texts() -> None:
    (first, *_) = new_words(pa.array(["您的百万保障到期"] * 10 + EARLIER[:10]), pa.array(EARLIER))
    assert first[:3] == ("您的百万保障到期", 10, 0)


def test_words_that_were_as_frequent_before_are_not_shown() -> None:
    assert words(EARLIER[:20], EARLIER) == []


def test_a_word_of_few_texts_is_not_shown_however_often_it_stands_in_them() -> None:
    assert words(["张三丰张三丰张三丰"] * 4 + EARLIER, EARLIER) == []


def test_numbers_are_no_words_and_end_one() -> None:
    shown = words([f"请致电17000000{number:03d}转专员abc{number}" for number in range(20)], EARLIER)
    assert shown and not any(character.isdigit() for word in shown for character in word)
    assert words(["1234567", "１２３４５６７", "170•••••• 00"] * 9, EARLIER) == []


def test_latin_words_are_whole_and_without_case() -> None:
    assert "telegram" in words(["加 Telegram 详谈"] * 9, EARLIER)
    assert "ab" not in words(["ab"] * 9, EARLIER)


def test_of_overlapping_words_one_is_shown_and_no_word_crosses_two_texts() -> None:
    assert len(words(["百万保障"] * 9, EARLIER)) == 1
    assert not any("障百" in word for word in words(["百万保障"] * 9, EARLIER))


def test_the_limit_holds_and_nothing_gives_nothing() -> None:
    assert len(words(["甲乙，丙丁，戊己，庚辛"] * 9, EARLIER, limit=2)) == 2
    assert words([], EARLIER) == words(["甲乙丙"], []) == []
    assert words([""] * 9, ["a"]) == []

"""The generator writes texts as fraudsters do: the same for the same seed, and still the same words to a reader."""

import random

import pytest

from fanzha.learn.obfuscate import TRICKS, full_width, insert_sign, obfuscate, traditional

TEXT = "加微信兼职刷单日结300元 click http://prize.example"


def test_the_same_seed_gives_the_same_texts() -> None:
    assert obfuscate([TEXT, TEXT], seed=7) == obfuscate([TEXT, TEXT], seed=7)
    assert obfuscate([TEXT], seed=7) != obfuscate([TEXT], seed=8)


def test_two_copies_of_a_text_are_disguised_differently() -> None:
    first, second = obfuscate([TEXT, TEXT], seed=1)
    assert first != second


def test_no_share_leaves_a_text_alone_and_a_full_share_changes_it() -> None:
    assert obfuscate([TEXT], seed=1, share=0.0) == [TEXT]
    assert obfuscate([TEXT], seed=1, share=1.0) != [TEXT]


@pytest.mark.parametrize("trick", TRICKS)
def test_every_trick_changes_something(trick: object) -> None:
    assert callable(trick)
    draw = random.Random(1)
    assert "".join(trick(sign, draw) for sign in TEXT + "贷款") != TEXT + "贷款"


def test_tricks_do_what_they_say() -> None:
    draw = random.Random(1)
    assert full_width("A", draw) == "Ａ"
    assert traditional("贷", draw) == "貸"
    assert insert_sign("加", draw)[0] == "加" and len(insert_sign("加", draw)) == 2
    assert insert_sign("A", draw) == "A"

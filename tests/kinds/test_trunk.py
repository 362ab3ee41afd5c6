"""A trunk is its operator's name for it, spaces put together."""

import pytest

from fanzha.base.errors import Malformed
from fanzha.kinds.trunk import KIND


def test_width_and_spaces_do_not_matter_but_case_does() -> None:
    assert KIND.normalise(" ＩＧＷ  07 ") == KIND.normalise("IGW 07") == KIND.mask("IGW 07") == "IGW 07"
    assert KIND.normalise("igw 07") != KIND.normalise("IGW 07")


@pytest.mark.parametrize("raw", ["", " \t", "a" * 65, "a\x00b"])
def test_other_text_is_malformed(raw: str) -> None:
    with pytest.raises(Malformed):
        KIND.normalise(raw)


def test_any_word_resembles_a_trunk_hardly() -> None:
    assert 0 < KIND.resembles("IGW 07") < 0.1
    assert KIND.resembles("") == 0

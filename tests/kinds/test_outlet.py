"""An outlet is its carrier's code, written in one way."""

import pytest

from fanzha.base.errors import Malformed
from fanzha.kinds.outlet import KIND


def test_case_width_and_spaces_do_not_matter() -> None:
    assert KIND.normalise(" sh－00 12 ") == KIND.normalise("SH-0012") == KIND.mask("SH-0012") == "SH-0012"


@pytest.mark.parametrize("raw", ["", " ", "-", "a" * 65, "shop; drop"])
def test_other_text_is_malformed(raw: str) -> None:
    with pytest.raises(Malformed):
        KIND.normalise(raw)


def test_any_word_resembles_an_outlet_hardly() -> None:
    assert 0 < KIND.resembles("SH-0012") < 0.1
    assert KIND.resembles("") == 0

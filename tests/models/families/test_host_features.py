"""A registered name becomes the same codes wherever it stands in a host; shape, suffix and brand are codes too."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fanzha.brands._name_index import pack_rows
from fanzha.models.families import host_features as codes

NOTHING = np.zeros((1, 3), np.uint8)


def of(host: str, first: int = 0, brand: "np.ndarray[tuple[int, int], np.dtype[np.uint8]]" = NOTHING) -> list[int]:
    text, starts = pack_rows([host])
    found, _ = codes.host_feature_codes(text, starts, np.array([first]), brand)
    return [int(code) for code in found]


def test_subdomains_are_left_out() -> None:
    assert of("a.b.example.com", 4) == of("example.com")


def test_suffix_shape_and_brand_are_features() -> None:
    assert of("example.com") != of("example.top")
    assert len(set(of("example.com")) ^ set(of("example.com", brand=np.array([[4, 1, 0]], np.uint8)))) >= 2


@given(st.lists(st.text(st.characters(max_codepoint=127), max_size=260), min_size=1, max_size=4))
def test_any_bytes_are_scored_as_the_sum_of_their_codes(hosts: list[str]) -> None:
    text, starts = pack_rows(hosts)
    firsts, brands = np.zeros(len(hosts), np.int64), np.zeros((len(hosts), 3), np.uint8)
    weights = np.random.default_rng(1).normal(size=1 << codes.BITS).astype(np.float32)
    found, ends = codes.host_feature_codes(text, starts, firsts, brands)
    scores = codes.log_odds(text, starts, firsts, brands, weights, 0.5)
    for row in range(len(hosts)):
        mine = found[ends[row] : ends[row + 1]]
        assert np.isclose(scores[row], 0.5 + weights[mine].sum() / np.sqrt(len(mine)), atol=1e-4)

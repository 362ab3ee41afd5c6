"""The kernel cuts and folds a host as the scalar code does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.brands import _arrays as tables
from fanzha.brands import _host_folding as cutting
from fanzha.brands._hash_index import prefix_codes
from fanzha.brands._name_index import pack_rows
from fanzha.brands.match import Matcher
from fanzha.kinds.web.public_suffixes import rules, split_host
from fanzha.kinds.web.unicode_names import skeleton

LABEL = st.text("abcz01-", min_size=1, max_size=8).filter(lambda label: label[0] != "-" and label[-1] != "-")
SUFFIX = st.sampled_from(["com", "com.cn", "github.io", "ck", "www.ck", "kobe.jp", "city.kobe.jp", "nosuch"])


@given(st.lists(LABEL, min_size=0, max_size=4), SUFFIX)
def test_suffix_is_cut_where_the_list_says(matcher: Matcher, labels: list[str], suffix: str) -> None:
    host = ".".join([*labels, suffix])
    if "." not in host:
        return
    text, _ = pack_rows([host])
    raw = np.zeros(300, np.uint64)
    prefix_codes(text, 0, len(host), raw)
    at, hosting = cutting.cut_suffix(text, 0, len(host), raw, matcher.names.powers, matcher.names.suffixes)
    cut = split_host(host)
    assert host[at:] == cut.suffix
    assert hosting == cut.private


def test_wildcards_and_exceptions_are_in_the_list() -> None:
    assert {"ck", "www.ck", "kobe.jp", "city.kobe.jp"} <= set(rules())


@given(st.lists(LABEL, min_size=1, max_size=4))
def test_folded_host_is_the_skeleton_of_its_labels(matcher: Matcher, labels: list[str]) -> None:
    host, room = ".".join(labels), tables.scratch()
    text, _ = pack_rows([host])
    size, last = cutting.fold_host(text, 0, len(host), matcher.names.fold, room)
    folded = bytes(room.text[:size]).decode()
    assert folded == ".".join(map(skeleton, labels))
    assert folded[last:] == skeleton(labels[-1])
    cutting.dotted_codes(text, 0, len(host), room.dotted, room)
    assert bytes(room.pair[: len(host)]).decode() == host.replace("-", ".")


@pytest.mark.parametrize(
    ("name", "folded"), [("arnazon", "amazon"), ("vvechat", "wechat"), ("mecliqo", "medlqo"), ("plain", "")]
)
def test_letter_pairs_fold_to_the_letter_they_look_like(matcher: Matcher, name: str, folded: str) -> None:
    room = tables.scratch()
    text, _ = pack_rows([name])
    size, _ = cutting.fold_host(text, 0, len(name), matcher.names.fold, room)
    length = cutting.fold_pairs(room, 0, size)
    assert bytes(room.pair[:length]).decode() == folded

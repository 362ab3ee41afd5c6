"""The loop answers for every host of a column, whatever bytes are in it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fanzha.brands import _arrays as tables
from fanzha.brands import _best_match, _kernel
from fanzha.brands._name_index import pack_rows
from fanzha.brands.match import Matcher

HOSTS = st.lists(st.text(st.characters(max_codepoint=127), max_size=260), max_size=8)


@given(HOSTS)
def test_any_bytes_are_answered(matcher: Matcher, hosts: list[str]) -> None:
    text, starts = pack_rows(hosts)
    answers = tables.answers(len(hosts))
    plain = np.zeros(len(hosts), np.bool_)
    _kernel.match_hosts(text, starts, plain, matcher.names, answers, tables.scratch(), _best_match.empty_best())
    assert ((answers.brand >= -1) & (answers.brand < len(matcher.brands))).all()
    assert ((answers.score >= 0) & (answers.score <= 1)).all()
    assert (answers.registrable <= [len(host) for host in hosts]).all()


def test_own_site_is_nobodys_imitation(matcher: Matcher) -> None:
    text, starts = pack_rows(["www.icbc.com.cn", "login.taobao.com"])
    answers = tables.answers(2)
    _kernel.match_hosts(
        text, starts, np.zeros(2, np.bool_), matcher.names, answers, tables.scratch(), _best_match.empty_best()
    )
    assert [matcher.brands[number].domain for number in answers.owner] == ["icbc.com.cn", "taobao.com"]
    assert answers.brand.tolist() == [-1, -1]
    assert answers.registrable.tolist() == [4, 6]

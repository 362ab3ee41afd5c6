"""A message is known by its words, and by what it offers to be answered by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.errors import Malformed
from fanzha.kinds.message import KIND, facts_of


def test_numbers_spaces_and_signs_do_not_make_another_message() -> None:
    first = KIND.normalise("您尾号0001的卡消费 58.00 元，请登录！")
    assert first == KIND.normalise("您尾号 9999 的卡消费60.20元请登录")
    assert first != KIND.normalise("您尾号0001的卡退款58.00元，请登录！")


def test_a_digest_stays_as_it_is() -> None:
    value = KIND.normalise("hello world")
    assert KIND.normalise(value) == value
    assert KIND.mask(value) == value


@given(st.text())
def test_any_text_is_named_or_malformed(text: str) -> None:
    try:
        assert KIND.normalise(text).startswith("msg:")
    except Malformed as error:
        assert error.reason
    assert 0 <= KIND.resembles(text) <= 1
    facts_of(text)


def test_no_words_are_malformed() -> None:
    with pytest.raises(Malformed):
        KIND.normalise("!?… ")


def test_facts_name_what_stands_in_a_text() -> None:
    facts = {
        fact.name: fact.value for fact in facts_of("【虚构银行】请登录 http://icbc-verify.example 或加微信 abcd_0000")
    }
    assert facts["signature"] == "虚构银行"
    assert facts["links"] == "http://icbc-verify.example"
    assert "abcd_0000" in str(facts["handles"])


def test_a_sentence_looks_like_a_message_and_a_number_does_not() -> None:
    assert KIND.resembles("您的快递已到，请凭码取件，谢谢") > 0.5
    assert KIND.resembles("+44 7700 900123") == 0.0

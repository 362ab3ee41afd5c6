"""Handles, numbers, links and signatures are seen in every disguise of the handbook (§6.4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.kinds.messaging.contacts import extract_contacts


@pytest.mark.parametrize(
    ("text", "app", "id_"),
    [
        ("详询微信 abcd0000", "wechat", "abcd0000"),
        ("加薇❤信：abcd_0000", "wechat", "abcd_0000"),
        ("添加V信abcd0000", "wechat", "abcd0000"),
        ("加微*信 abcd0000 咨询", "wechat", "abcd0000"),
        ("vx: abcd0000", "wechat", "abcd0000"),
        ("咨询QQ 100000000", "qq", "100000000"),
        ("加 Q 群 000000000", "qq", "000000000"),
        ("扣扣100000000", "qq", "100000000"),
        ("加ＱＱ１０００００", "qq", "100000"),
        ("Telegram: abcde_fraud", "other", "abcde_fraud"),
    ],
)
def test_a_contact_handle_is_seen(text: str, app: str, id_: str) -> None:
    (handle,) = extract_contacts(text).handles
    assert (handle.app, handle.id) == (app, id_)


@pytest.mark.parametrize("text", ["我们明天见", "请用微波炉加热", "see you at 5", "【虚构银行】余额 1,204.11 元"])
def test_ordinary_words_are_no_handles(text: str) -> None:
    assert extract_contacts(text).handles == ()


@pytest.mark.parametrize("number", ["19900001234", "010-00000000", "400-000-0000", "95000", "+86 199 0000 1234"])
def test_a_call_back_number_is_seen(number: str) -> None:
    assert extract_contacts(f"请致电{number}办理").numbers == (number,)


def test_a_number_inside_a_link_is_no_call_back_number() -> None:
    found = extract_contacts("登录 http://m.example/19900001234 领取")
    assert found.numbers == ()
    assert [link.written for link in found.links] == ["http://m.example/19900001234"]


def test_what_stands_between_links_is_read() -> None:
    found = extract_contacts(
        "http://a.example/1 致电19900001234 或 http://b.example/2 加微信 abc_0000 http://c.example"
    )
    assert [link.location.host for link in found.links] == ["a.example", "b.example", "c.example"]
    assert found.numbers == ("19900001234",) and [handle.id for handle in found.handles] == ["abc_0000"]


@pytest.mark.parametrize("text", ["【虚构银行】您好", "您好【虚构银行】", "[虚构银行]您好"])
def test_the_signature_stands_at_either_end(text: str) -> None:
    assert extract_contacts(text).signature == "虚构银行"


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    extract_contacts(text)


def test_an_app_that_is_named_only_by_what_follows_is_still_that_app() -> None:
    (handle,) = extract_contacts("加我微 abc_0000 聊").handles
    assert handle.app == "wechat"

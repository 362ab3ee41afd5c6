"""Links are found where fraud texts put them: run into words, defanged, full-width."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.kinds.web.links import find_links


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("您的账户异常,请登录www.icbc-vip.top/a验证。", ["www.icbc-vip.top"]),
        ("点击https://t.example/abc查看", ["t.example"]),
        ("登录 工商银行.com 查看", ["xn--czr93rq40bruk.com"]),
        ("访问hxxp://a[.]b[.]com", ["a.b.com"]),
        ("请登录http://95588.icbc。top。", ["95588.icbc.top"]),
        ("ＷＷＷ．１００８６．ＣＮ", ["www.10086.cn"]),
        ("http://192.0.2.1:8080/x 和 jf.example.cc", ["192.0.2.1", "jf.example.cc"]),
        ("工行手机银行wap.icbckt.com请", ["wap.icbckt.com"]),
        ("登录hxxps://fictionbank-jf[.]com领取", ["fictionbank-jf.com"]),
        ("登录fictionbank-jf。com领取", ["fictionbank-jf.com"]),
        ("浏览器输入fictionbank-jf点com", ["fictionbank-jf.com"]),
        ("打开 www 点 fictionbank 点 com 点 cn 办理", ["www.fictionbank.com.cn"]),
        ("打开www.fictionbank点top/jf", ["www.fictionbank.top"]),
    ],
)
def test_links_of_fraud_texts_are_found(text: str, hosts: list[str]) -> None:
    assert [link.location.host for link in find_links(text)] == hosts


@pytest.mark.parametrize(
    "text",
    [
        "回复TD退订。谢谢",
        "Call now.Thanks",
        "price 3.5.元 v1.2.3 e.g. U.S.",
        "mail a@b.com",
        "今天。明天",
        "no dots",
        "下午3点cn见",
        "十点com",
        "进APP点top榜",
        "点com",
    ],
)
def test_ordinary_words_are_no_links(text: str) -> None:
    assert find_links(text) == []


def test_link_tells_where_it_stands() -> None:
    text = "点击https://t.example/abc查看"
    (link,) = find_links(text)
    assert text[link.start : link.end] == "https://t.example/abc"


@pytest.mark.parametrize("piece", ["aaa点", "aaa 点 ", "aaa."])
def test_a_long_text_of_spoken_dots_is_read_at_once(piece: str) -> None:
    began = time.process_time()
    assert find_links(piece * 4_000 + "点") == []
    assert time.process_time() - began < 1


@given(st.text(alphabet=st.sampled_from("ab1.。[]()/:@?#h tpw中国公司。点-"), max_size=200) | st.text(max_size=200))
def test_no_text_breaks_it_and_places_are_inside(text: str) -> None:
    for link in find_links(text):
        assert 0 <= link.start < link.end <= len(text)

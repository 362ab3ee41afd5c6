"""However a number is written, a text that holds it is found; dates, amounts and ordinary hosts are not."""

import base64
import hashlib
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.share.number_scan import holds_digest, holds_number, host_holds_number

NUMBER = "+8617000000001"
TEXTS = [
    NUMBER,
    "call 170-0000-0001 now",
    "call 170 0000 0001",
    "来电１７０００００００１１",
    "拨打一七零零零零零零零一一",
    "一七〇-〇〇〇〇-〇〇一一",
    "壹柒零零零零零零零壹壹",
    "①⑦⓪⓪⓪⓪⓪⓪⓪①①",
    "❶❼⓿⓿⓿⓿⓿⓿⓿❶❶",
    "١٧٠٠٠٠٠٠٠١١",
    "17O OOOO OO11",
    "1\u200b7\u200b0\u200b0\u200b0\u200b0\u200b0\u200b0\u200b0\u200b1\u200b1",
    "https://a.example/go?u=tel%3A%2B8617000000001",
    "https://a.example/go?u=tel%253A%252B8617000000001",
    "tel:12345",
    "sms:+86 17000000011?body=x",
    "&#49;&#55;&#48;&#48;&#48;&#48;&#48;&#48;&#48;&#49;&#49;",
    "one seven zero, zero zero zero zero, zero zero one one",
    base64.b64encode(NUMBER.encode()).decode(),
    hashlib.sha256(NUMBER.encode()).hexdigest(),
    hashlib.md5(NUMBER.encode(), usedforsecurity=False).hexdigest().upper(),
    base64.b64encode(hashlib.sha256(NUMBER.encode()).digest()).decode(),
    ":".join(f"{byte:02x}" for byte in hashlib.sha256(NUMBER.encode()).digest()),
    "landline 010-8888 0001",
    "2026-11-30 17000000011",
    "170••••••11",
    "1x7x0x0x0x0x0x0x0x1x1",
    "170，，，，0000，，，，0011",
]
HARMLESS = [
    "",
    "copies the login page of a bank",
    "仿冒银行登录页，2026年11月30日发现",
    "seen 2026-11-30T08:00:00.123Z in 12 places",
    "仿冒95588，共有31个页面，骗取3,000元",
    "Illinois look-alike, OIOIO",
    "网址 login-bank.example.com",
    "one page of two",
]
HOSTS = [
    "17000000011.example.com",
    "170-0000-0011.example.com",
    "a17000000011b.example",
    "170.0000.0011.example",
    "8617000000011.example",
    "447911123456.example",
    "xn--" + "一七零零零零零零零一一".encode("punycode").decode() + ".example",
    hashlib.md5(NUMBER.encode(), usedforsecurity=False).hexdigest() + ".example",
    base64.b32encode(hashlib.sha256(NUMBER.encode()).digest()).decode().rstrip("=").lower() + ".example",
    "4008123123.example",
    "17oo000oo11.example",
    "l7000000011.example",
    "170---0000---0011.example",
    "one-seven-zero-zero-zero-zero-zero-zero-zero-one-one.example",
    "a170b0000c0011.example",
    "d41d8cd98f00b204.e9800998ecf8427e.example",
    "1062345678.example",
    "2025550143.example",
    "01088880001.example",
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_a_number_is_found_however_it_is_written(text: str) -> None:
    assert holds_number(text)


@pytest.mark.parametrize("text", HARMLESS, ids=range(len(HARMLESS)))
def test_other_texts_are_left_alone(text: str) -> None:
    assert not holds_number(text)


@pytest.mark.parametrize("host", HOSTS, ids=range(len(HOSTS)))
def test_a_host_that_is_a_number_is_found(host: str) -> None:
    assert host_holds_number(host)


@pytest.mark.parametrize(
    "host", ["login-bank.example.com", "203.0.113.7", "2001:db8::1", "v2026.example", "a1b2.example"]
)
def test_other_hosts_are_left_alone(host: str) -> None:
    assert not host_holds_number(host)


def test_a_short_digest_is_none() -> None:
    assert not holds_digest("msg 0c0c0c0c") and holds_digest("x " + "0c" * 16)


@given(st.integers(min_value=13_000_000_000, max_value=19_999_999_999), st.sampled_from(["", " ", "-", ".", "·", "  "]))
def test_every_mobile_number_is_found_with_any_separator(number: int, separator: str) -> None:
    text = separator.join(str(number))
    assert holds_number(f"see {text}!") and holds_number(quote(f"https://a.example/?q={text}"))
    assert host_holds_number(f"{number}.example")

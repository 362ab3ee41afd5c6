"""Every kind takes any text: a canonical value that is final, or Malformed, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.errors import Malformed
from fanzha.kinds import Kind, SubjectKind, all_kinds

KINDS = [pytest.param(kind, id=name) for name, kind in all_kinds().items()]
LIKELY = [
    "+86 138 0013 8000", "95588", "898600", "46001", "3569", "微信：", "QQ ", "t.me/", "@", "622202", "GB82", "2088",
    "0x", "bc1", "1A1z", "com.", "cert:", "11010519491231002X", "810000",
    "H1", "护照:E", "9135", "reg:", "https://", "::1",
]  # fmt: skip
TEXT = st.builds(
    lambda start, rest: start + rest,
    st.sampled_from(["", *LIKELY]),
    st.text(max_size=40) | st.text("0123456789ABCDEFXabcdef.:/-@", max_size=70),
)


@pytest.mark.parametrize("kind", KINDS)
@given(raw=TEXT)
def test_any_text_gives_a_final_canonical_value_or_malformed(kind: SubjectKind, raw: str) -> None:
    assert 0 <= kind.resembles(raw) <= 1
    try:
        value = kind.normalise(raw)
    except Malformed as error:
        assert error.reason
        return
    assert kind.normalise(value) == value
    assert kind.mask(value)
    for fact in kind.describe(value):
        assert fact.name.isidentifier() and fact.title.zh and fact.title.en
        assert isinstance(fact.value, str | int | bool | None) and fact.words.zh and fact.words.en


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_named_in_both_languages_and_both_exchange_formats(kind: SubjectKind) -> None:
    assert kind.title.zh and kind.title.en and kind.stix and kind.misp


@pytest.mark.parametrize("kind", KINDS)
def test_a_pseudonym_hangs_on_kind_key_and_purpose(kind: SubjectKind) -> None:
    mine = kind.pseudonym("x", b"key", "purpose")
    others = {kind.pseudonym("x", b"other", "purpose"), kind.pseudonym("x", b"key", "other")}
    others |= {other.pseudonym("x", b"key", "purpose") for other in all_kinds().values() if other is not kind}
    assert len(mine) == 64 and mine not in others


def test_the_former_name_of_the_base_class_works_for_plug_ins() -> None:
    assert Kind is SubjectKind


EXCHANGED = [
    ("phone_number", "+8617000000001", "phone-number:value", "phone-number"),
    ("website", "login-bank.example.com", "domain-name:value", "domain"),
    ("host", "203.0.113.7", "ipv4-addr:value", "ip-dst"),
    ("host", "2001:db8::7", "ipv6-addr:value", "ip-dst"),
    ("host", "AS64500", "autonomous-system:number", "AS"),
    ("app", "apk:" + "0a" * 32, "file:hashes.'SHA-256'", "sha256"),
    ("app", "cert:" + "0b" * 32, "x509-certificate:hashes.'SHA-256'", "x509-fingerprint-sha256"),
    ("app", "com.example.loan", "x-fanzha-app:value", "mobile-application-id"),
    ("sim_card", "89860012345678901234", "iccid:value", "text"),
    ("sim_card", "460001234567890", "imsi:value", "text"),
    ("device", "490154203237518", "imei:value", "text"),
    ("payment_account", "card:6222020000000000003", "payment-card:card_number", "cc-number"),
    ("payment_account", "alipay:2088000000000001", "x-fanzha-payment-account:value", "bank-account-nr"),
    ("trunk", "GW-7", "x-fanzha-trunk:value", "text"),
    ("short_code", "95588", "x-fanzha-short-code:value", "text"),
    ("outlet", "BJ-0001", "x-fanzha-outlet:value", "text"),
    ("message", "msg:" + "0c" * 12, "x-fanzha-message:value", "text"),
]


@pytest.mark.parametrize(("name", "value", "path", "misp"), EXCHANGED)
def test_a_value_comes_back_as_it_went(name: str, value: str, path: str, misp: str) -> None:
    kind = all_kinds()[name]
    terms = kind.stix_terms(value)
    assert list(terms) == [path] and kind.normalise(kind.read_stix_terms(terms)) == value
    type_, written = kind.misp_attribute(value)
    assert type_ == misp and kind.normalise(kind.read_misp_attribute(type_, written)) == value


def test_an_account_is_two_terms() -> None:
    account = all_kinds()["account"]
    terms = account.stix_terms("wechat:abc_123")
    assert terms == {"user-account:account_type": "wechat", "user-account:account_login": "abc_123"}
    assert account.read_stix_terms(terms) == "wechat:abc_123"
    assert account.read_stix_terms({"user-account:account_login": "abc_123"}) == ""


def test_a_url_names_its_host_and_an_address_without_a_name_is_an_address() -> None:
    website = all_kinds()["website"]
    assert (
        website.normalise(website.read_stix_terms({"url:value": "https://login.example.com/a?b"}))
        == "login.example.com"
    )
    assert dict(website.stix_terms("203.0.113.7")) == {"ipv4-addr:value": "203.0.113.7"}


def test_what_identifies_people_is_personal_and_what_fraudsters_build_is_not() -> None:
    personal = {name for name, kind in all_kinds().items() if kind.is_personal}
    assert personal >= {"phone_number", "sim_card", "device", "person", "account", "payment_account"}
    assert not personal & {"website", "host", "app", "message", "trunk", "short_code"}

"""Accounts that receive money: bank cards, IBANs, wallets of payment firms and crypto wallets."""

import csv
import re
import unicodedata
from functools import cache
from importlib.resources import files

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.kinds._check_digits import luhn, mod97
from fanzha.kinds._kind import ExchangeName, Fact, SubjectKind
from fanzha.kinds._wallets import wallet_chain
from fanzha.kinds.numbering.plan import plan

SORTS = {
    "card": Words("银行卡", "bank card"),
    "iban": Words("国际银行账号", "IBAN"),
    "alipay": Words("支付宝", "Alipay"),
    "wechat_pay": Words("微信支付", "WeChat Pay"),
    "wallet": Words("加密货币钱包", "crypto wallet"),
}
_NAMES = {
    "支付宝": "alipay",
    "alipay": "alipay",
    "微信支付": "wechat_pay",
    "wechat_pay": "wechat_pay",
    "财付通": "wechat_pay",
}
_CARD, _ALIPAY_ID = re.compile(r"[1-9]\d{12,18}", re.ASCII), re.compile(r"2088\d{12}", re.ASCII)
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", re.ASCII)
_LOGIN = re.compile(r"\+?\d{5,20}|[^@\s]{1,64}@[\w.-]{1,190}|[A-Za-z0-9_*-]{2,64}", re.ASCII)
_SCHEMES = {
    "62": Words("银联", "UnionPay"),
    "4": Words("维萨", "Visa"),
    "5": Words("万事达", "Mastercard"),
    "34": Words("美国运通", "American Express"),
    "37": Words("美国运通", "American Express"),
    "35": Words("JCB", "JCB"),
}


@cache
def card_issuers() -> dict[str, Words]:
    """Return the bank by the first digits of Chinese cards; the table is not complete."""
    text = (files("fanzha.kinds") / "data" / "card_issuers.csv").read_text("utf-8")
    return {row["bin"]: Words(row["zh"], row["en"]) for row in csv.DictReader(text.splitlines())}


class PaymentAccount(SubjectKind):
    """A payment account; canonical is `type:number`."""

    name = "payment_account"
    title = Words("支付账户", "payment account")
    stix = "x-fanzha-payment-account"
    misp = "bank-account-nr"
    stix_names = (
        ExchangeName("payment-card:card_number", "card:"),
        ExchangeName("bank-account:iban", "iban:"),
        ExchangeName("cryptocurrency-wallet:value", "wallet:"),
    )
    misp_names = (ExchangeName("cc-number", "card:"), ExchangeName("iban", "iban:"), ExchangeName("btc", "wallet:"))
    is_personal = True

    def normalise(self, raw: str) -> str:
        """Return type and number. A wrong checksum is accepted for cards alone."""
        text = unicodedata.normalize("NFKC", raw[:400]).strip()
        account_type, number = _split_kind(text)
        if account_type in ("alipay", "wechat_pay"):
            if _LOGIN.fullmatch(number):
                return f"{account_type}:{number.lower()}"
            raise Malformed(f"not an account of {SORTS[account_type].en}")
        if account_type in ("", "wallet") and (chain := wallet_chain(number)):
            exact = chain != "ethereum" and not number.lower().startswith(("bc1", "ltc1"))
            return f"wallet:{number if exact else number.lower()}"
        return _bank(account_type, re.sub(r"[\s\-]", "", number).upper())

    def mask(self, value: str) -> str:
        """Keep the type, the issuer digits and the last four."""
        sort, _, number = value.partition(":")
        first, last = {"card": (6, 4), "iban": (4, 4), "wallet": (4, 4)}.get(sort, (2, 2))
        if len(number) < 12:
            return f"{sort}:{number[:2]}••••"
        return f"{sort}:{number[:first]}{'•' * (len(number) - first - last)}{number[-last:]}"

    def resembles(self, raw: str) -> float:
        """Score by checksums and known issuers."""
        try:
            sort, _, number = self.normalise(raw).partition(":")
        except Malformed:
            return 0.0
        if sort != "card":
            return 0.95
        if not luhn(number):
            return 0.1
        return 0.9 if issuer(number) else 0.7 if _scheme(number) else 0.3

    def describe(self, value: str) -> list[Fact]:
        """Return the type; scheme, issuer and check digit of a card; country of an IBAN; chain of a wallet."""
        sort, _, number = value.partition(":")
        facts = [Fact("sort", Words("种类", "sort"), sort, SORTS[sort])] if sort in SORTS else []
        if sort == "card":
            facts += _card(number)
        if sort == "iban":
            country = plan().countries.get(number[:2], Words(number[:2], number[:2]))
            facts.append(Fact("country", Words("国家或地区", "country or region"), number[:2], country))
        if sort == "wallet" and (chain := wallet_chain(number)):
            facts.append(Fact("chain", Words("链", "chain"), chain, Words(chain, chain)))
        return facts


def issuer(number: str) -> Words | None:
    """Return the bank of a card by its first five or six digits, or None if it is unknown."""
    return card_issuers().get(number[:6]) or card_issuers().get(number[:5])


def _split_kind(text: str) -> tuple[str, str]:
    name, colon, number = text.replace("：", ":").partition(":")
    if not colon:
        return ("alipay", text) if _ALIPAY_ID.fullmatch(text) else ("", text)
    sort = _NAMES.get(name.strip().lower(), name.strip().lower())
    if sort not in SORTS:
        raise Malformed("no such sort of payment account")
    return sort, number.strip()


def _bank(account_type: str, number: str) -> str:
    if account_type in ("", "card") and _CARD.fullmatch(number):
        return f"card:{number}"
    if account_type in ("", "iban") and _IBAN.fullmatch(number) and mod97(number[4:] + number[:4]) == 1:
        return f"iban:{number}"
    raise Malformed("not a card number, IBAN, wallet address or named payment account with a right check sum")


def _scheme(number: str) -> Words | None:
    return _SCHEMES.get(number[:2]) or _SCHEMES.get(number[:1])


def _card(number: str) -> list[Fact]:
    holds = luhn(number)
    words = Words("相符", "holds") if holds else Words("不符", "wrong")
    found = [Fact("check_digit", Words("校验位", "check digit"), holds, words)]
    rows = (
        ("scheme", Words("卡组织", "scheme"), _scheme(number)),
        ("issuer", Words("发卡行", "issuer"), issuer(number)),
    )
    return [Fact(name, title, value.en, value) for name, title, value in rows if value] + found


KIND = PaymentAccount()

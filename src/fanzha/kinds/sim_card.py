"""SIM cards by ICCID or IMSI: issuer, network and check digit."""

import re
from collections.abc import Mapping

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.kinds._check_digits import luhn
from fanzha.kinds._kind import Fact, SubjectKind

_MOBILE, _UNICOM = Words("中国移动", "China Mobile"), Words("中国联通", "China Unicom")
_TELECOM, _BROADNET = Words("中国电信", "China Telecom"), Words("中国广电", "China Broadnet")
_RAILWAY = Words("铁路专网（GSM-R）", "railway network (GSM-R)")

#: Operator by mobile network code of MCC 460.
NETWORKS = {
    **dict.fromkeys(("00", "02", "04", "07", "08", "13"), _MOBILE),
    **dict.fromkeys(("01", "06", "09", "10"), _UNICOM),
    **dict.fromkeys(("03", "05", "11", "12"), _TELECOM),
    "15": _BROADNET,
    "20": _RAILWAY,
}
#: Issuer by the digits after 8986 in an ICCID (ITU-T E.118: 89, country code, issuer), which are network codes.
ISSUERS = {code: name for code, name in NETWORKS.items() if name is not _RAILWAY}
COUNTRIES = {
    "460": Words("中国", "China"),
    "461": Words("中国", "China"),
    "454": Words("中国香港", "Hong Kong, China"),
    "455": Words("中国澳门", "Macao, China"),
    "466": Words("中国台湾", "Taiwan, China"),
}

_SEPARATORS = re.compile(r"[\s\-]")


class SimCard(SubjectKind):
    """A SIM card; canonical is the bare ICCID (18 to 20 digits that begin with 89) or IMSI (15 digits)."""

    name = "sim_card"
    title = Words("SIM 卡", "SIM card")
    stix = "imsi"  # OpenCTI's names of both
    misp = "text"
    is_personal = True

    def normalise(self, raw: str) -> str:
        """Return the digits, without the filler F of an ICCID."""
        text = _SEPARATORS.sub("", raw).upper()
        text = re.sub(r"^(ICCID|IMSI)[:：]?", "", text)
        digits = text.rstrip("F")
        if not digits.isascii() or not digits.isdigit():
            raise Malformed("a SIM card is named by the digits of its ICCID or IMSI")
        if digits.startswith("89") and 18 <= len(digits) <= 20:
            return digits
        if len(digits) == 15 and "200" <= digits[:3] < "900":
            return digits
        raise Malformed("neither an ICCID (89 and 18 to 20 digits) nor an IMSI (15 digits)")

    def stix_terms(self, value: str) -> Mapping[str, str]:
        """Return an ICCID or IMSI by its name."""
        return {"iccid:value" if len(value) > 15 else "imsi:value": value}

    def read_stix_terms(self, terms: Mapping[str, str]) -> str:
        """Return either."""
        return terms["iccid:value"] if terms.keys() == {"iccid:value"} else super().read_stix_terms(terms)

    def mask(self, value: str) -> str:
        """Keep issuer or network and the last two digits."""
        return f"{value[:6]}{'•' * max(4, len(value) - 8)}{value[-2:]}" if len(value) > 12 else "••••"

    def resembles(self, raw: str) -> float:
        """Score by issuer and length: an IMEI has 15 digits too."""
        try:
            value = self.normalise(raw)
        except Malformed:
            return 0.0
        if value.startswith("89") and len(value) > 15:
            return 0.9 if value.startswith("8986") else 0.7
        return 0.9 if value.startswith("460") and value[3:5] in NETWORKS else 0.2

    def describe(self, value: str) -> list[Fact]:
        """Return identifier type, country, issuer, and check digit validity."""
        return _iccid(value) if len(value) > 15 else _imsi(value)


def _iccid(value: str) -> list[Fact]:
    facts = [Fact("identifier", Words("标识", "identifier"), "iccid", Words("集成电路卡识别码", "ICCID"))]
    if value.startswith("8986"):
        facts.append(Fact("country", Words("国家或地区", "country or region"), "CN", COUNTRIES["460"]))
        facts += _coded_facts("issuer", Words("发卡方", "issuer"), value[4:6], ISSUERS)
    holds = luhn(value)
    checked = Words("相符", "holds") if holds else Words("不符或未带校验位", "wrong, or written without it")
    return [*facts, Fact("check_digit", Words("校验位", "check digit"), holds, checked)]


def _imsi(value: str) -> list[Fact]:
    facts = [Fact("identifier", Words("标识", "identifier"), "imsi", Words("国际移动用户识别码", "IMSI"))]
    facts += _coded_facts("country", Words("国家或地区", "country or region"), value[:3], COUNTRIES)
    if value.startswith("460"):
        facts += _coded_facts("network", Words("网络", "network"), value[3:5], NETWORKS)
    return facts


def _coded_facts(name: str, title: Words, code: str, names: dict[str, Words]) -> list[Fact]:
    unknown = Words(f"{code}（不在表中）", f"{code} (not in the table)")
    return [Fact(name, title, code, names.get(code, unknown))]


KIND = SimCard()

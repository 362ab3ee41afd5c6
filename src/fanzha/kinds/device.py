"""Devices by IMEI: reporting body, and signs of a fabricated or cloned number."""

import re

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.kinds._check_digits import luhn_digit
from fanzha.kinds._kind import Fact, SubjectKind

_SEPARATORS = re.compile(r"[\s\-/.]")

#: Reporting body: the first two digits of the type allocation code (GSMA TS.06).
BODIES = {
    "01": Words("PTCRB（美国）", "PTCRB (USA)"),
    "30": Words("铱星", "Iridium"),
    "33": Words("法国（旧）", "France (formerly)"),
    "35": Words("TÜV SÜD BABT（英国）", "TÜV SÜD BABT (UK)"),
    "44": Words("BABT（英国，旧）", "BABT (UK, formerly)"),
    "45": Words("丹麦（旧）", "Denmark (formerly)"),
    "49": Words("德国（旧）", "Germany (formerly)"),
    "52": Words("CETECOM（德国）", "CETECOM (Germany)"),
    "53": Words("TÜV（德国）", "TÜV (Germany)"),
    "86": Words("TAF（中国）", "TAF (China)"),
    "91": Words("MSAI（印度）", "MSAI (India)"),
    "98": Words("BABT（英国，旧）", "BABT (UK, formerly)"),
    "99": Words("GHA（与 CDMA 共用）", "GHA (shared with CDMA)"),
    "00": Words("测试终端", "test device"),
}


class Device(SubjectKind):
    """A device; canonical is the 15-digit IMEI without software version."""

    name = "device"
    title = Words("终端", "device")
    stix = "imei"
    misp = "text"
    is_personal = True

    def normalise(self, raw: str) -> str:
        """Return the IMEI with its check digit.

        The check digit is added to 14 digits, and replaces the version of an IMEISV (16 digits) and the 0 that networks
        send (3GPP TS 23.003 §6.2.1). Another wrong check digit is kept: it is a sign of a fabricated number.
        """
        digits = re.sub(r"^IMEI(SV)?[:：]?", "", _SEPARATORS.sub("", raw).upper())
        if not (digits.isascii() and digits.isdigit() and 14 <= len(digits) <= 16):
            raise Malformed("an IMEI has 14 to 16 digits")
        if len(digits) == 15 and digits[14] != "0":
            return digits
        return digits[:14] + luhn_digit(digits[:14])

    def mask(self, value: str) -> str:
        """Keep the type (first eight digits) and hide the serial number."""
        return f"{value[:8]}{'•' * max(4, len(value) - 8)}" if len(value) > 8 else "••••"

    def resembles(self, raw: str) -> float:
        """Score by reporting body and check digit."""
        try:
            value = self.normalise(raw)
        except Malformed:
            return 0.0
        digits = _SEPARATORS.sub("", raw)
        right = len(digits) == 15 and digits == value and luhn_digit(value[:14]) == value[14]
        likeness = 0.6 if value[:2] in BODIES else 0.1
        return likeness + 0.3 if right and value[:2] in BODIES else likeness

    def describe(self, value: str) -> list[Fact]:
        """Return type allocation code, reporting body, check digit validity and signs of fabrication."""
        body = BODIES.get(value[:2], Words(f"{value[:2]}（不在表中）", f"{value[:2]} (not in the table)"))
        holds = luhn_digit(value[:14]) == value[14:]
        facts = [
            Fact("tac", Words("型号分配码", "type allocation code"), value[:8], Words(value[:8], value[:8])),
            Fact("reporting_body", Words("分配机构", "reporting body"), value[:2], body),
            Fact("check_digit", Words("校验位", "check digit"), holds, _HOLDS if holds else _WRONG),
        ]
        if is_fabricated(value):
            facts.append(Fact("made_up", Words("疑似编造", "made up"), True, _MADE_UP))
        return facts


_HOLDS, _WRONG = Words("相符", "holds"), Words("不符，可能是编造的串号", "wrong: the number may be made up")
_MADE_UP = Words("重复或连续数字，不是真实串号", "repeated or running digits: no real device has it")


def is_fabricated(value: str) -> bool:
    """Return whether an IMEI is one repeated digit, a sequence, or has a zero type or serial number."""
    running = "0123456789" * 3
    return len(set(value[:14])) == 1 or value[:14] in running or value[:8] == "0" * 8 or value[8:14] == "0" * 6


KIND = Device()

"""Filing numbers of sites (备案号): their formats by province, and what contradicts what.

ICP filings are those of 《互联网信息服务管理办法》 Art. 7 and 8, filings with the public security those of
《计算机信息网络国际联网安全保护管理办法》 Art. 12. Only the format is checked here, not whether a number was given.
"""

import re
from enum import StrEnum
from typing import NamedTuple

from fanzha.base.words import Words

#: Short name of a province -> its code of GB/T 2260.
PROVINCES = {
    "京": "11", "津": "12", "冀": "13", "晋": "14", "蒙": "15", "辽": "21", "吉": "22", "黑": "23", "沪": "31",
    "苏": "32", "浙": "33", "皖": "34", "闽": "35", "赣": "36", "鲁": "37", "豫": "41", "鄂": "42", "湘": "43",
    "粤": "44", "桂": "45", "琼": "46", "渝": "50", "川": "51", "蜀": "51", "贵": "52", "黔": "52", "云": "53",
    "滇": "53", "藏": "54", "陕": "61", "甘": "62", "陇": "62", "青": "63", "宁": "64", "新": "65",
}  # fmt: skip
_PROVINCE = f"[{''.join(PROVINCES)}]"
_ICP = re.compile(rf"({_PROVINCE})ICP([备证])([0-9]{{6,10}})号(?:-([0-9]{{1,4}}))?")
_LICENCE = re.compile(rf"({_PROVINCE})B2-([0-9]{{8}})")
_SECURITY = re.compile(rf"({_PROVINCE})公网安备([0-9]{{14}})号?")
_FOLD = str.maketrans("０１２３４５６７８９－—–（）", "0123456789---()")


class FilingFault(StrEnum):
    """What is wrong with the filing of a site."""

    MISSING = "missing"
    MALFORMED = "malformed"
    EXPIRED = "expired"
    SECURITY_MALFORMED = "security_malformed"
    SECURITY_PROVINCE = "security_province"
    NAME_DIFFERS = "name_differs"
    NOT_SHOWN = "not_shown"
    OTHER_SHOWN = "other_shown"


FAULT_WORDS = {
    FilingFault.MISSING: Words("无备案号", "no filing number"),
    FilingFault.MALFORMED: Words("备案号格式不符", "the filing number has no such format"),
    FilingFault.EXPIRED: Words("备案或许可已过期", "the filing or licence has expired"),
    FilingFault.SECURITY_MALFORMED: Words("公安备案号格式不符", "the public security number has no such format"),
    FilingFault.SECURITY_PROVINCE: Words(
        "公安备案号与地区代码不符", "the public security number is another province's"
    ),
    FilingFault.NAME_DIFFERS: Words("备案主体与接入客户不符", "the filing is in another name than the customer's"),
    FilingFault.NOT_SHOWN: Words("首页未标明备案号", "the page shows no filing number"),
    FilingFault.OTHER_SHOWN: Words("首页标明的备案号不同", "the page shows another filing number"),
}


class FilingNumber(NamedTuple):
    """A filing number in canonical form; `root` is the number of the company without that of the site."""

    text: str
    root: str
    province: str


def parse_filing(raw: str) -> FilingNumber | None:
    """Return an ICP filing or licence, None if it is none. Blanks and full-width signs do not matter."""
    text = _fold(raw)
    if matched := _ICP.fullmatch(text):
        return FilingNumber(text, text.partition("-")[0], matched[1])
    if matched := _LICENCE.fullmatch(text):
        return FilingNumber(text, text, matched[1])
    return None


def security_fault(raw: str) -> FilingFault | None:
    """Return what is wrong with a number of the public security (公安备案号)."""
    matched = _SECURITY.fullmatch(_fold(raw))
    if matched is None:
        return FilingFault.SECURITY_MALFORMED
    return None if matched[2].startswith(PROVINCES[matched[1]]) else FilingFault.SECURITY_PROVINCE


def same_filing(first: str, second: str) -> bool:
    """Return whether two texts name the filing of the same company."""
    one, other = parse_filing(first), parse_filing(second)
    return one is not None and other is not None and one.root == other.root


def same_name(first: str, second: str) -> bool:
    """Return whether two names of companies are the same but for blanks, brackets and case."""
    return _fold_name(first) == _fold_name(second)


def _fold(raw: str) -> str:
    return re.sub(r"\s+", "", raw).translate(_FOLD).upper()


def _fold_name(name: str) -> str:
    return re.sub(r"[\s()（）·.,，]+", "", name).casefold()

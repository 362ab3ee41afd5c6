"""People by identity document, with the facts in its number (GB 11643; documents of MIIT Order 25).

The canonical value is in memory only: its `pseudonym` is stored.
"""

import re
from calendar import monthrange
from datetime import date
from typing import NamedTuple

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.kinds._areas import areas, place_at
from fanzha.kinds._check_digits import identity_digit
from fanzha.kinds._kind import Fact, SubjectKind

PAPERS = {
    "resident": Words("居民身份证", "resident identity card"),
    "residence_permit": Words("港澳台居民居住证", "residence permit for Hong Kong, Macao and Taiwan residents"),
    "permanent_residence": Words("外国人永久居留身份证", "foreign permanent resident identity card"),
    "passport": Words("护照", "passport"),
    "home_return_permit": Words("港澳居民来往内地通行证", "mainland travel permit of a Hong Kong or Macao resident"),
    "taiwan_permit": Words("台湾居民来往大陆通行证", "mainland travel permit of a Taiwan resident"),
}

#: The reason for rejecting an identity number that is not hashed.
PLAIN_IDENTITY = Words(
    "身份证件号码不得明文进入；请先以带密钥的哈希替换",
    "an identity number in clear; replace it by its keyed hash first",
)

_EIGHTEEN, _FIFTEEN = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII), re.compile(r"[1-8]\d{14}", re.ASCII)
_OTHER = {
    "home_return_permit": re.compile(r"[HM]\d{8}(\d{2})?", re.ASCII),
    "passport": re.compile(r"[A-Z]{1,2}\d{7,8}", re.ASCII),
    "taiwan_permit": re.compile(r"\d{8}(\d{2})?", re.ASCII),
}
_PERMITS = ("81", "82", "83")


class IdentityReading(NamedTuple):
    """Content of an identity number; `warnings` do not make it invalid."""

    check_digit: bool
    birth: date | None  # None: the date does not exist
    male: bool
    area: str  # six-digit code
    area_name: str  # "" if the code is unknown
    warnings: tuple[Words, ...]

    @property
    def sound(self) -> bool:
        """Whether check digit and birth date can be right; only an authority proves the paper."""
        return self.check_digit and self.birth is not None


def read_identity(number: str, as_of: date | None = None) -> IdentityReading:
    """Parse an 18-character identity number; a birth after `as_of` is invalid."""
    year, month, day = int(number[6:10]), int(number[10:12]), int(number[12:14])
    real = 1 <= month <= 12 and 1 <= day <= (monthrange(max(year, 1), month)[1] if 1 <= month <= 12 else 0)
    birth = date(year, month, day) if real and year >= 1 else None
    if birth and as_of and birth > as_of:
        birth = None
    area = number[:6]
    warnings = _remarks(area, birth) if number[0] != "9" else ()
    area_name = place_at(area, year) if number[0] != "9" else ""
    right = identity_digit(number[:17]) == number[17]
    return IdentityReading(right, birth, int(number[16]) % 2 == 1, area, area_name, warnings)


def _remarks(area: str, birth: date | None) -> tuple[Words, ...]:
    found = []
    names = areas().get(area, ())
    if not names:
        found.append(Words("地区代码不在表中，可能是新设地区", "area code not in the table; it may be a new area"))
    elif birth and not any(name.in_force(birth.year) for name in names):
        found.append(Words("出生年份该地区代码未启用", "the area code was not in force in the year of birth"))
    if birth and birth.year < 1900:
        found.append(Words("出生年份早于 1900 年", "born before 1900"))
    return tuple(found)


def _paper_of(number: str) -> str:
    return "permanent_residence" if number[0] == "9" else "residence_permit" if number[:2] in _PERMITS else "resident"


class PersonSubjectKind(SubjectKind):
    """A person; canonical is `document:number`, with a 15-digit resident number extended to 18 digits."""

    name = "person"
    title = Words("个人", "person")
    stix = "identity"
    misp = "passport-number"
    is_personal = True

    def normalise(self, raw: str) -> str:
        """Return document and number. A wrong check digit or an unknown area is kept and reported by `describe`."""
        document, number = _split_paper(re.sub(r"[\s\-·]", "", raw).upper())
        if _EIGHTEEN.fullmatch(number) and document in ("", _paper_of(number)):
            return f"{_paper_of(number)}:{number}"
        if _FIFTEEN.fullmatch(number) and document in ("", _paper_of(number)):
            longer = f"{number[:6]}19{number[6:]}"
            return f"{_paper_of(number)}:{longer}{identity_digit(longer)}"
        for paper, shape in _OTHER.items():
            if shape.fullmatch(number) and (document == paper or (not document and paper != "taiwan_permit")):
                return f"{paper}:{number}"
        raise Malformed("not the number of an identity paper")

    def mask(self, value: str) -> str:
        """Keep the document and at most the first two characters."""
        paper, _, number = value.rpartition(":")
        return f"{PAPERS[paper].zh if paper in PAPERS else paper} {number[:2]}{'•' * max(4, len(number) - 2)}".strip()

    def resembles(self, raw: str) -> float:
        """Score by check digit and birth date, which only some documents have."""
        try:
            paper, _, number = self.normalise(raw).partition(":")
        except Malformed:
            return 0.0
        if len(number) != 18:
            return 0.4 if paper != "passport" else 0.3
        reading = read_identity(number)
        plausible = reading.birth is not None and reading.birth.year >= 1900
        return 0.97 if reading.sound and plausible else 0.5 if plausible else 0.1

    def describe(self, value: str) -> list[Fact]:
        """Return document, check digit, place, year of birth and sex; never the number or the day of birth."""
        paper, _, number = value.partition(":")
        facts = [Fact("paper", Words("证件", "paper"), paper, PAPERS[paper])] if paper in PAPERS else []
        return [*facts, *_spelled(read_identity(number))] if _EIGHTEEN.fullmatch(number) else facts


def _split_paper(text: str) -> tuple[str, str]:
    """Split `DOCUMENT:number`; the document may be a code or its Chinese name."""
    name, colon, number = text.replace("：", ":").rpartition(":")
    papers = {spelling: paper for paper, words in PAPERS.items() for spelling in (paper.upper(), words.zh)}
    if colon and name not in papers:
        raise Malformed(f"no such identity paper: {name[:40]!r}")
    return papers.get(name, ""), number


def _spelled(reading: IdentityReading) -> list[Fact]:
    facts = [
        Fact(
            "check_digit", Words("校验码", "check digit"), reading.check_digit, _YES if reading.check_digit else _WRONG
        ),
        Fact("birth_date", Words("出生日期", "birth date"), reading.birth is not None, _birth(reading)),
        Fact("sex", Words("性别", "sex"), "male" if reading.male else "female", _MALE if reading.male else _FEMALE),
    ]
    if reading.area_name:
        facts.append(
            Fact("place", Words("发证地区", "area"), reading.area_name, Words(reading.area_name, reading.area_name))
        )
    warned = (Fact("warning", Words("提示", "remark"), warning.en, warning) for warning in reading.warnings)
    return [*facts, *warned]


def _birth(reading: IdentityReading) -> Words:
    if reading.birth is None:
        return Words("不存在的日期", "there is no such day")
    return Words(f"{reading.birth.year} 年（月日不显示）", f"{reading.birth.year} (day not shown)")


_YES, _WRONG = Words("相符", "holds"), Words("不符", "wrong")
_MALE, _FEMALE = Words("男", "male"), Words("女", "female")

KIND = PersonSubjectKind()

"""Organisations by unified social credit code (GB 32100), business registration number or organisation code."""

import re

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.kinds._areas import areas, place_at
from fanzha.kinds._check_digits import credit_code_digit, organization_digit, registration_digit
from fanzha.kinds._kind import Fact, SubjectKind

_CREDIT = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}", re.ASCII)
_REGISTRATION, _ORGANIZATION_CODE = re.compile(r"\d{15}", re.ASCII), re.compile(r"[0-9A-Z]{8}[0-9X]", re.ASCII)
_LATEST = 9999

#: Registrar by first character of a credit code.
REGISTRARS = {
    "1": Words("机构编制", "establishment office (public bodies)"),
    "2": Words("外交", "foreign affairs"),
    "3": Words("司法行政", "judicial administration"),
    "4": Words("文化", "culture"),
    "5": Words("民政", "civil affairs"),
    "6": Words("旅游", "tourism"),
    "7": Words("宗教", "religious affairs"),
    "8": Words("工会", "trade unions"),
    "9": Words("市场监管（工商）", "market regulation"),
    "A": Words("中央军委改革和编制办公室", "military establishment office"),
    "N": Words("农业农村", "agriculture"),
    "Y": Words("其他", "others"),
}


class OrganizationSubjectKind(SubjectKind):
    """An organisation; canonical is the credit code, `reg:` and 15 digits, or `org:` and nine characters."""

    name = "organization"
    title = Words("组织机构", "organisation")
    stix = "x-fanzha-organization"
    misp = "text"

    def normalise(self, raw: str) -> str:
        """Return the code in capitals. A wrong check character is kept and reported by `describe`."""
        text = re.sub(r"[\s\-]", "", raw).upper().removeprefix("USCC:")
        if _CREDIT.fullmatch(text):
            return text
        if _REGISTRATION.fullmatch(text.removeprefix("REG:")):
            return f"reg:{text.removeprefix('REG:')}"
        if _ORGANIZATION_CODE.fullmatch(text.removeprefix("ORG:")):
            return f"org:{text.removeprefix('ORG:')}"
        raise Malformed("neither a credit code (18), a registration number (15) nor an organisation code (9)")

    def mask(self, value: str) -> str:
        """Return the value unchanged: organisations are in a public register."""
        return value

    def resembles(self, raw: str) -> float:
        """Score by check character and registrar."""
        try:
            value = self.normalise(raw)
        except Malformed:
            return 0.0
        if len(value) == 18:
            is_known = value[0] in REGISTRARS and value[2:4] + "0000" in areas()
            return (0.95 if check_holds(value) else 0.4) if is_known else 0.1
        return 0.5 if check_holds(value) else 0.05

    def describe(self, value: str) -> list[Fact]:
        """Return the code type, check character validity, registrar and place."""
        sort = value.partition(":")[0] if ":" in value else "credit_code"
        holds = check_holds(value)
        facts = [
            Fact("code", Words("代码", "code"), sort, _SORTS[sort]),
            Fact("check_digit", Words("校验码", "check character"), holds, _HOLDS if holds else _WRONG),
        ]
        if sort == "credit_code":
            registrar = REGISTRARS.get(value[0], Words(f"{value[0]}（未知）", f"{value[0]} (unknown)"))
            facts.append(Fact("registrar", Words("登记机关", "registrar"), value[0], registrar))
        area = value[2:8] if sort == "credit_code" else value[4:10] if sort == "reg" else ""
        if area_name := place_at(area, _LATEST) if area else "":
            facts.append(Fact("place", Words("登记地区", "area"), area_name, Words(area_name, area_name)))
        return facts


def check_holds(value: str) -> bool:
    """Return whether the check character of a canonical code is valid."""
    code = value.partition(":")[2] or value
    right = {18: credit_code_digit, 15: registration_digit, 9: organization_digit}[len(code)]
    return right(code[:-1]) == code[-1]


_SORTS = {
    "credit_code": Words("统一社会信用代码", "unified social credit code"),
    "reg": Words("工商注册号", "business registration number"),
    "org": Words("组织机构代码", "organisation code"),
}
_HOLDS, _WRONG = Words("相符", "holds"), Words("不符", "wrong")

KIND = OrganizationSubjectKind()

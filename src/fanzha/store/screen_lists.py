"""What screens know of numbers besides verdicts: lists and tables of the state folder, each left out where it is not.

`lists/protected.csv` (beside the service numbers that ship), `lists/do_not_originate.csv`, `lists/urls.txt`,
`tables/roaming.csv`.
"""

from pathlib import Path

from fanzha.base.errors import Malformed, WrongCall
from fanzha.claims.snapshot import InboundOnly, ProtectedNumber, RoamingProof, number_key
from fanzha.claims.url_expressions import whole_expression
from fanzha.kinds.numbering.plan import service_names
from fanzha.kinds.website import locate, registrable
from fanzha.store.csv_rows import rows
from fanzha.store.lists import own_lists
from fanzha.store.state_folder import state_folder

_NUMBER = ("号码", "电话号码", "手机号")
_UNTIL = ("有效期至", "截止时间")
_PROTECTED = {"number": _NUMBER, "zh": ("name_zh", "名称", "单位"), "en": ("name_en", "英文名称")}
_INBOUND_ONLY = {"number": _NUMBER, "owner": ("所有者", "归属单位"), "basis": ("依据", "凭据"), "until": _UNTIL}
_ROAMING = {"number": _NUMBER, "roaming": ("漫游", "漫游状态"), "until": _UNTIL}
_ABROAD = {"proven": True, "已证实": True, "国际漫游": True, "disproven": False, "非漫游": False, "未漫游": False}


def protected_numbers(folder: Path | None = None) -> list[ProtectedNumber]:
    """Return the numbers that others like to show, as dialled at home: those that ship, and the operator's own."""
    known = {number: ProtectedNumber(number, *words) for number, words in service_names().items()}
    path = (folder or state_folder()) / "lists" / "protected.csv"
    for row in rows(path, _PROTECTED, optional=("en",)) if path.is_file() else ():
        number = row.needed("number")
        if not (number.isdigit() and number.isascii() and 3 <= len(number) <= 15):
            raise row.wrong(f"{number!r} is not 3 to 15 digits", "write it as it is dialled at home, digits only")
        known[number] = ProtectedNumber(number, row.needed("zh"), row.cells["en"] or row.cells["zh"])
    return list(known.values())


def inbound_only_numbers(folder: Path | None = None) -> list[InboundOnly]:
    """Return the do-not-originate list: numbers whose owners never call from them, each with owner and basis."""
    path = (folder or state_folder()) / "lists" / "do_not_originate.csv"
    found = []
    for row in rows(path, _INBOUND_ONLY, optional=("until",)) if path.is_file() else ():
        number = row.number("number")
        if not number_key(number):
            raise row.wrong(f"{number!r} has more than 15 digits or a zero in front", "nobody can call from it")
        found.append(InboundOnly(number, row.needed("owner"), row.needed("basis"), row.moment("until")))
    return found


def roaming_proofs(folder: Path | None = None) -> list[RoamingProof]:
    """Return what was learnt of subscribers abroad, to begin with: proven or disproven, each until a moment."""
    path = (folder or state_folder()) / "tables" / "roaming.csv"
    found = []
    for row in rows(path, _ROAMING) if path.is_file() else ():
        abroad, until = _ABROAD.get(row.needed("roaming").casefold()), row.moment("until")
        if abroad is None:
            raise row.wrong(f"roaming is {row.cells['roaming']!r}", "write proven (已证实) or disproven (非漫游)")
        if until is None:
            raise row.wrong("column until is empty", "say until when it may be relied on")
        found.append(RoamingProof(row.number("number"), abroad, until))
    return found


def listed_urls(folder: Path | None = None) -> list[str]:
    """Return the expressions of `lists/urls.txt`: a link a line; a bare host stands for everything on it."""
    own = own_lists(folder).get("urls")
    return list(dict.fromkeys(_expression(link) for link in own.values)) if own else []


def _expression(link: str) -> str:
    try:
        if not registrable(locate(link).host):
            raise Malformed("it is a public suffix, under which anybody may have a name")
        return whole_expression(link)
    except Malformed as error:
        raise WrongCall(f"lists/urls.txt: {link[:100]!r}: {error.reason}", fix="mend the line or take it out") from None

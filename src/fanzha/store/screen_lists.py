"""Lists and tables of the state folder that screens use besides verdicts. Missing files are empty lists.

`lists/protected.csv` (beside the service numbers that ship), `lists/do_not_originate.csv`, `lists/urls.txt`,
`tables/roaming.csv`.
"""

from pathlib import Path

from fanzha.base.errors import Malformed, UsageError
from fanzha.claims.snapshot import AllocatedRange, InboundOnly, ProtectedNumber, RoamingProof, number_key
from fanzha.claims.url_expressions import whole_expression
from fanzha.kinds.numbering.allocation import operator_code
from fanzha.kinds.numbering.plan import service_names
from fanzha.kinds.website import locate, registrable
from fanzha.store.csv_rows import read_csv
from fanzha.store.lists import load_lists
from fanzha.store.numbering_tables import load_allocation
from fanzha.store.state_folder import state_folder

_NUMBER = ("号码", "电话号码", "手机号")
_UNTIL = ("有效期至", "截止时间")
_PROTECTED = {"number": _NUMBER, "zh": ("name_zh", "名称", "单位"), "en": ("name_en", "英文名称")}
_INBOUND_ONLY = {"number": _NUMBER, "owner": ("所有者", "归属单位"), "basis": ("依据", "凭据"), "until": _UNTIL}
_ROAMING = {"number": _NUMBER, "roaming": ("漫游", "漫游状态"), "until": _UNTIL}
_ABROAD = {"proven": True, "已证实": True, "国际漫游": True, "disproven": False, "非漫游": False, "未漫游": False}


def load_protected_numbers(folder: Path | None = None) -> list[ProtectedNumber]:
    """Return numbers that are often spoofed, in national format: shipped ones and the operator's own."""
    numbers = {number: ProtectedNumber(number, *words) for number, words in service_names().items()}
    path = (folder or state_folder()) / "lists" / "protected.csv"
    for row in read_csv(path, _PROTECTED, optional=("en",)) if path.is_file() else ():
        number = row.require("number")
        if not (number.isdigit() and number.isascii() and 3 <= len(number) <= 15):
            raise row.error(f"{number!r} is not 3 to 15 digits", "write it as it is dialled at home, digits only")
        numbers[number] = ProtectedNumber(number, row.require("zh"), row.cells["en"] or row.cells["zh"])
    return list(numbers.values())


def load_inbound_only_numbers(folder: Path | None = None) -> list[InboundOnly]:
    """Return the do-not-originate list: numbers that never make calls, with owner and basis."""
    path = (folder or state_folder()) / "lists" / "do_not_originate.csv"
    numbers = []
    for row in read_csv(path, _INBOUND_ONLY, optional=("until",)) if path.is_file() else ():
        number = row.parse_number("number")
        if not number_key(number):
            raise row.error(f"{number!r} has more than 15 digits or a zero in front", "nobody can call from it")
        numbers.append(InboundOnly(number, row.require("owner"), row.require("basis"), row.parse_time("until")))
    return numbers


def load_roaming_proofs(folder: Path | None = None) -> list[RoamingProof]:
    """Return initial roaming proofs: numbers proven or disproven to be abroad, each with its end."""
    path = (folder or state_folder()) / "tables" / "roaming.csv"
    proofs = []
    for row in read_csv(path, _ROAMING) if path.is_file() else ():
        is_abroad, until = _ABROAD.get(row.require("roaming").casefold()), row.parse_time("until")
        if is_abroad is None:
            raise row.error(f"roaming is {row.cells['roaming']!r}", "write proven (已证实) or disproven (非漫游)")
        if until is None:
            raise row.error("column until is empty", "say until when it may be relied on")
        proofs.append(RoamingProof(row.parse_number("number"), is_abroad, until))
    return proofs


def load_urls(folder: Path | None = None) -> list[str]:
    """Return the URL expressions of `lists/urls.txt`, one link per line. A host without a path matches all its URLs."""
    url_list = load_lists(folder).get("urls")
    return list(dict.fromkeys(_expression(link) for link in url_list.values)) if url_list else []


def _expression(link: str) -> str:
    try:
        if not registrable(locate(link).host):
            raise Malformed("it is a public suffix, under which anybody may have a name")
        return whole_expression(link)
    except Malformed as error:
        raise UsageError(
            f"lists/urls.txt: {link[:100]!r}: {error.reason}", fix="mend the line or take it out"
        ) from None


def load_allocated_ranges(at: int, folder: Path | None = None) -> list[AllocatedRange]:
    """Return the ranges of `tables/allocation` that have not ended at `at` (UTC ms), [] if there is no table."""
    table = load_allocation(folder)
    rows = table.to_pylist() if table is not None else ()
    return [
        AllocatedRange(
            row["prefix"],
            operator_code(row["operator"] or ""),
            row["number_class"] or "",
            row["province"] or "",
            row["city"] or "",
            row["valid_from"],
            row["valid_until"],
        )
        for row in rows
        if row["valid_until"] is None or row["valid_until"] > at
    ]

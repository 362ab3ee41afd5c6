"""The static guard of a proxy: what it refuses by itself while no screen answers, as a table for Kamailio's htable.

Keys of the table, each with a number (the shipped `guard.cfg` reads them):

loaded         when it was made, Unix time
r<canonical>   a refused number: 1 on every trunk, 2 from abroad only, 3 at home only
n<digits>      a protected or special number that is refused from abroad when it is written bare
x<digits>      first digits of home mobile numbers: 1 unallocated, refused from abroad; 0 allocated after all
b<digits>      first digits of bare port numbers that are refused from abroad
a<prefix>      first digits that the operator's own tables allocate: never refused by class
s<digits>      a spared number: never refused
e<digits>      an emergency number: calls to it always pass
h<digits>      a help line: refused numbers may call it

The guard refuses only what a screen refuses on trunks of every step: it knows neither trunks nor kill switches.
"""

import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from fanzha.claims.snapshot import number_text
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level
from fanzha.detect.gateway.ingress_rules import INGRESS, UNKNOWN, reason_code
from fanzha.detect.gateway.reasons import GROUNDS, GatewayReason
from fanzha.kinds.numbering.columns import classify_many
from fanzha.kinds.numbering.number_reader import read_number
from fanzha.kinds.numbering.terms import CLASSES, NumberClass
from fanzha.screen.emergency import EMERGENCY, HELP_LINES
from fanzha.screen.mapped_snapshot import MappedSnapshot

TABLE = "guard"
EVERYWHERE, FROM_ABROAD, AT_HOME = 1, 2, 3
_ABROAD = INGRESS.index("international_gateway")
_HEAD = "key_name(string) key_type(int) value_type(int) key_value(string) expires(int)\n"
_SERVICE = CLASSES.index(NumberClass.SERVICE)
_IMPOSSIBLE = (NumberClass.INVALID, NumberClass.DISGUISED)
_MOST_EXCEPTIONS = 50  # allocated ranges of ten thousand numbers below four digits that are unallocated otherwise


class ProxyGuard(NamedTuple):
    """The rows of a guard by key, how many numbers are refused, and how many more did not fit."""

    rows: dict[str, int]
    refused: int
    left_out: int


def build_guard(snapshot: MappedSnapshot, at: int, most: int) -> ProxyGuard:
    """Return the guard of a snapshot at `at` (UTC ms) with at most `most` refused numbers; those ending last stay."""
    lists = snapshot.lists
    refused = dict(sorted(_refused_numbers(snapshot, at), key=lambda item: (-item[1][1], item[0])))
    kept = {number: scope for number, (scope, _) in list(refused.items())[:most]}
    inbound_only = {entry.number for entry in lists.inbound_only_entries if entry.until is None or entry.until > at}
    kept.update((number, FROM_ABROAD) for number in sorted(inbound_only - {*kept}))
    spared = {entry.number for entry in lists.allowlist.numbers if entry.holds(at)}
    rows = {"loaded": at // 1_000}
    rows |= {f"e{code}": 1 for code in _codes(EMERGENCY)}
    rows |= {f"h{number}": 1 for number in HELP_LINES}
    special = {*lists.protected, *_codes(EMERGENCY), *_codes(_SERVICE)}
    rows |= {f"n{number}": 1 for number in sorted(special) if is_refused_from_abroad(number)}
    rows |= {f"x{prefix}": value for prefix, value in _mobile_prefixes().items()}
    rows |= {f"b{prefix}": 1 for prefix in _port_prefixes()}
    rows |= {f"a{prefix}": 1 for prefix in {entry.prefix for entry in lists.range_entries}}
    for number in spared:
        rows |= {f"s{digits}": 1 for digits in (number.removeprefix("+86").removeprefix("+"), number)}
    rows |= {f"r{number}": scope for number, scope in kept.items()}
    return ProxyGuard(rows, len(kept), max(0, len(refused) - most))


def write_guard(folder: Path, rows: Mapping[str, int]) -> bool:
    """Write the table `guard` into a folder in the format of Kamailio's db_text; return whether it changed.

    The file replaces the one before at once. It has mode 640 and the group of the folder.
    """
    path = folder / TABLE
    lines = [f"{key}:0:1:{value}:0\n" for key, value in sorted(rows.items())]
    text = _HEAD + "".join(lines)
    before = path.read_text("utf-8") if path.exists() else ""
    temporary = folder / f".{TABLE}.{os.getpid()}.part"
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o640)
        if os.geteuid() == 0:
            os.fchown(file.fileno(), -1, folder.stat().st_gid)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    return _without_time(before) != _without_time(text)


def is_refused_from_abroad(written: str) -> bool:
    """Return whether the gateway guard refuses a number from abroad by its class, as it is written."""
    number = read_number(written)
    digits, is_bare = len(number.canonical.lstrip("+")), not written.startswith(("+", "00"))
    reason = reason_code(_ABROAD, number.number_class, number.reason, digits, is_bare, UNKNOWN, False, False)
    return reason != GatewayReason.NONE and GROUNDS[GatewayReason(reason)].treatment == Treatment.REFUSE


def _without_time(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("loaded:")]


def _refused_numbers(snapshot: MappedSnapshot, at: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield each refused number with its scope and the end of its verdict (UTC ms)."""
    scopes = [_refused_scope(snapshot.entry(row), at) for row in range(len(snapshot.profiles))]
    for keys in snapshot.number_keys():
        for key, row in zip(keys.tolist(), snapshot.find_profiles(keys).tolist(), strict=True):
            if (scope := scopes[row]) is not None:
                yield number_text(key), scope


def _refused_scope(entry: SnapshotEntry | None, at: int) -> tuple[int, int] | None:
    """Return where an entry refuses calls, and its end; None where it does not."""
    if entry is None:
        return None
    matches = [entry.match(at, "outgoing", "voice", ingress) for ingress in ("international_gateway", "mobile")]
    abroad, home = (
        match is not None
        and match.treatment is Treatment.REFUSE
        and match.level is not Level.CLEAR
        and not match.simulated
        for match in matches
    )
    if not (abroad or home):
        return None
    return EVERYWHERE if abroad and home else FROM_ABROAD if abroad else AT_HOME, entry.until


@cache
def _codes(number_class: int) -> tuple[str, ...]:
    """Return the numbers of three to five digits of a class."""
    codes = [str(code) for code in range(100, 100_000)]
    classes = classify_many(pa.array(codes)).column("number_class").cast(pa.string()).to_pylist()
    wanted = CLASSES[number_class].value
    return tuple(code for code, found in zip(codes, classes, strict=True) if found == wanted)


def _mobile_prefixes() -> dict[str, int]:
    """Return four digits that are mostly unallocated (1), and the seven digits below them that are not (0)."""
    first_sevens = [str(number) for number in range(1_300_000, 2_000_000)]
    classes = classify_many(pa.array([f"+86{digits}0000" for digits in first_sevens])).column("number_class")
    unallocated = pc.is_in(classes.cast(pa.string()), pa.array(_IMPOSSIBLE)).to_pylist()
    prefixes = {}
    for first in range(0, len(first_sevens), 1_000):
        allocated = [first_sevens[row] for row in range(first, first + 1_000) if not unallocated[row]]
        if len(allocated) <= _MOST_EXCEPTIONS:
            prefixes[first_sevens[first][:4]] = 1
            prefixes |= dict.fromkeys(allocated, 0)
    return prefixes


@cache
def _port_prefixes() -> tuple[str, ...]:
    prefixes = [f"106{digit}" for digit in range(10)]
    return tuple(
        prefix
        for prefix in prefixes
        if all(is_refused_from_abroad(prefix + "1234567890123456"[:length]) for length in range(4, 17))
    )

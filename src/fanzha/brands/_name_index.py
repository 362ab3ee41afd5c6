"""Build the arrays of the kernel from the brand table: names folded, hashed and indexed."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.brands import _hash_index as hashing
from fanzha.brands._arrays import (
    ADDRESS,
    BAIT,
    CHECKED,
    FILLER,
    GOVERNMENT,
    GROUPS,
    MOBILE,
    NEEDS_BAIT,
    PRODUCT,
    REGION,
    WEAK,
    NameIndex,
)
from fanzha.brands._bait_search import SHORT
from fanzha.brands._searches import ONE_EDIT_FROM, TWO_EDITS_FROM
from fanzha.brands.table import MATCH_REQUIREMENTS, Brand
from fanzha.kinds.web.public_suffixes import rules, split_host
from fanzha.kinds.web.unicode_names import skeleton

_CHECKED_LABELS = frozenset({"gov", "gob", "gouv", "mil", "edu", "int"})
_BITS = {
    "bait": BAIT, "filler": FILLER, "gov": GOVERNMENT, "product": PRODUCT, "address": ADDRESS, "weak": WEAK,
    "mobile": MOBILE, "region": REGION,
}  # fmt: skip
_PREFIXES = (12, 8, 6, 5)


GOVERNMENT_SITE = "gov.cn"
FORGED_GOVERNMENT = "govcn"
#: End of an alias that counts only beside a bait word.
BAIT_MARK = "+"
#: Common suffixes, and suffixes under which anybody can register names cheaply.
USUAL = "com net org info biz cn com.cn net.cn org.cn co me"
CHEAP = (
    "cc top xyz vip icu club shop online site store live app link fun work tech pro mobi asia wang ren tk ml ga cf gq "
    "cyou cfd sbs buzz bond click space website host press rest bar world today life center support services finance "
    "financial money loan credit email systems network cloud digital monster quest lol pw ws in.net ltd group plus run "
    "art one win bid date download loans men party review stream trade webcam racing science cricket accountant faith "
    "xin help zone agency company international ink"
)
#: Sectors whose brands themselves register their names under the common suffixes.
UNGUARDED = frozenset({"platform", "ecommerce", "media", "other", "edu"})
#: Letters from which a mistyped service name counts, beside a bait word.
LONG_SERVICE = 7
#: Sectors whose short names are seldom put before initials or letters at random.
LITTLE_IMITATED = frozenset({"edu", "media", "other"})
_KEYBOARD = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_LOOK_ALIKE = "oq uv vy vw mn il lt lj gq ce co nh hb bd dp pq sz zs ea ft"


def names_of(brand: Brand) -> dict[str, str]:
    """Return the ASCII names of a brand with their kind: label, alias, baited or joined (the domain without dots).

    A baited name is an alias written with a final "+": it counts only beside a bait word.
    """
    cut = split_host(brand.domain)
    label = cut.registrable.removesuffix(f".{cut.suffix}")
    names = {label: "label"} if label else {}
    for alias in brand.aliases:
        if alias.isascii() and not alias.isdigit():
            names.setdefault(alias.removesuffix(BAIT_MARK), "baited" if alias.endswith(BAIT_MARK) else "alias")
    if label:
        names.setdefault(brand.domain.replace(".", ""), "joined")
    return names


def build(brands: tuple[Brand, ...], allowed: NDArray[np.uint8]) -> NameIndex:
    """Return the indexes of all brands; `allowed` is brands × GROUPS."""
    keys = keys_of(brands)
    generic = frozenset(word for word, bits in companions().items() if len(word) > 2 and bits != REGION)
    distinct = frozenset(word for word in generic if len(word) > 3)
    text, starts = pack_rows(keys)
    codes = hashing.row_codes(text, starts)
    rows = np.arange(len(keys), dtype=np.int32)
    powers = hashing.powers()
    near, near_rows = _near(keys, brands, powers)
    assert allowed.shape == (len(brands), GROUPS)
    return NameIndex(
        exact=hashing.build(codes, rows),
        near=hashing.build(near, near_rows),
        near_bits=hashing.bits(near),
        baited_bits=hashing.bits(codes[_are_baited(keys, brands)]),
        begins=_begins(keys),
        words=_index(companions()),
        own=_index({domain: number for number, brand in reversed(list(enumerate(brands))) for domain in brand.domains}),
        syllables=_index(dict.fromkeys(map(skeleton, syllables()), 1)),
        suffixes=_index({name: flags | CHECKED * _is_checked(name) for name, flags in rules().items()}),
        numbers=_index(_numbers(brands)),
        mistyped_numbers=_index(_mistyped_numbers(_numbers(brands))),
        key_text=text,
        key_starts=starts,
        key_brand=np.array([key.brand for key in keys.values()], dtype=np.int64),
        key_raw=hashing.row_codes(*pack_rows("" if key.kind == "joined" else key.written for key in keys.values())),
        key_core=np.array(
            [core(folded, generic if _is_listed(brands[key.brand]) else distinct) for folded, key in keys.items()]
        ),
        key_needs=np.array([_requirement(key) for key in keys.values()], dtype=np.uint8),
        key_pinyin=np.array([_is_pinyin(key.written) and brands[key.brand].country == "CN" for key in keys.values()]),
        key_number=np.array([key.written.isdigit() for key in keys.values()]),
        key_label=np.array([key.kind == "label" for key in keys.values()]),
        allowed=allowed,
        brand_named=np.array([bool(brand.zh or brand.en) for brand in brands], dtype=np.bool_),
        brand_guarded=np.array([brand.sector not in UNGUARDED for brand in brands], dtype=np.bool_),
        brand_local=np.array([_is_local(brand) for brand in brands], dtype=np.bool_),
        brand_suffix=hashing.row_codes(*pack_rows(split_host(brand.domain).suffix for brand in brands)),
        suffix_risk=_index({**dict.fromkeys(CHEAP.split(), 2), **dict.fromkeys(USUAL.split(), 1)}),
        slips=_slips(),
        gov_brand=next((number for number, brand in enumerate(brands) if brand.domain == GOVERNMENT_SITE), -1),
        fold=_fold(),
        powers=powers,
    )


class BrandKey(NamedTuple):
    """One name of one brand."""

    brand: int
    written: str
    kind: str  # label, alias, baited or joined (its domain without dots)
    match_requirement: str


def keys_of(brands: tuple[Brand, ...]) -> dict[str, BrandKey]:
    """Return the keys by folded name; a name of two brands belongs to the first.

    Labels that are companion words, such as gov or vip, are no keys of their brand; "gov" is a key of the government
    site.
    """
    keys: dict[str, BrandKey] = {}
    common = {word for word, bits in companions().items() if bits != REGION}
    for number, brand in enumerate(brands):
        if brand.domain == GOVERNMENT_SITE:
            keys["gov"] = BrandKey(number, "gov", "alias", "word")
        for name, kind in names_of(brand).items():
            folded = skeleton(name)
            # Only the label is an ordinary word, not an alias such as "standardchartered" of sc.com.
            requirement = "" if brand.match_requirement == "word" and kind != "label" else brand.match_requirement
            if kind == "label" and folded in common:
                if name + BAIT_MARK not in brand.aliases:
                    continue
                kind = "baited"
            if kind == "baited":
                requirement = ""
            if len(folded) >= (6 if kind == "joined" else 2):
                keys.setdefault(folded, BrandKey(number, name, kind, requirement))
    return keys


def core(folded: str, words: frozenset[str]) -> int:
    """Return the number of letters of a folded name without the longest generic word at its beginning or end."""
    for own in range(2, len(folded)):
        if folded[own:] in words or folded[:-own] in words:
            return own
    return len(folded)


def pack_rows(rows: Iterable[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return ASCII rows as one buffer and their offsets."""
    encoded = [row.encode("ascii") for row in rows]
    starts = np.zeros(len(encoded) + 1, dtype=np.int64)
    np.cumsum([len(row) for row in encoded], out=starts[1:])
    return np.frombuffer(b"".join(encoded) or b"\0", dtype=np.uint8).copy(), starts


def companions() -> dict[str, int]:
    """Return the companion words, folded, with their class bits."""
    text = files("fanzha.brands").joinpath("data", "companions.tsv").read_text(encoding="utf-8")
    classes_by_word: dict[str, int] = {}
    for line in text.splitlines():
        word, classes = line.split("\t")
        for name in classes.split():
            classes_by_word[skeleton(word)] = classes_by_word.get(skeleton(word), 0) | _BITS[name]
    return classes_by_word


_INITIALS = "b p m f d t n l g k h zh ch sh r z c s y w"
_FINALS = "a o e ai ei ao ou an en ang eng ong ua uo uai ui uang"
_FINALS_AFTER_JQX = "i ia ie iao iu ian in iang ing iong u ue uan un v ve"
_WITHOUT_INITIAL = "a o e ai ei ao ou an en ang er"


@cache
def syllables() -> frozenset[str]:
    """Return the syllables of Mandarin in pinyin without tones, and some that would be regular but do not occur."""
    front = _FINALS_AFTER_JQX.split()
    regular = [first + rest for first in _INITIALS.split() for rest in [*_FINALS.split(), *front]]
    return frozenset([*regular, *(first + rest for first in "jqx" for rest in front), *_WITHOUT_INITIAL.split()])


def _is_pinyin(name: str) -> bool:
    ends = [True] + [False] * len(name)
    for begin in range(len(name)):
        for end in range(begin + 1, min(begin + 6, len(name)) + 1):
            ends[end] |= ends[begin] and name[begin:end] in syllables()
    return ends[-1]


def _index(entries: dict[str, int]) -> NDArray[np.uint64]:
    values = np.fromiter(entries.values(), dtype=np.int32, count=len(entries))
    return hashing.build(hashing.row_codes(*pack_rows(entries)), values)


def _near(
    keys: dict[str, BrandKey], brands: tuple[Brand, ...], powers: NDArray[np.uint64]
) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """Return the codes of mistyped names, without joined domains and initials, which are never typed."""
    typed = {
        name: row
        for row, (name, key) in enumerate(keys.items())
        if _is_typed(name, key, brands[key.brand].country == "CN")
    }
    codes, rows = hashing.neighbour_codes(*pack_rows(typed), powers, ONE_EDIT_FROM, TWO_EDITS_FROM)
    return codes, np.fromiter(typed.values(), dtype=np.int32, count=len(typed))[rows]


def _is_listed(brand: Brand) -> bool:
    return brand.match_requirement == "clear"


def _requirement(key: BrandKey) -> int:
    return NEEDS_BAIT if key.kind == "baited" else MATCH_REQUIREMENTS.index(key.match_requirement)


def _is_typed(name: str, key: BrandKey, is_chinese: bool) -> bool:
    vowels = sum(name.count(vowel) for vowel in "aeloui")
    if key.kind == "baited":
        return len(name) >= LONG_SERVICE and 3 * vowels >= len(name)
    if key.kind == "label" and len(name) < LONG_SERVICE and 4 * vowels < len(name) and is_chinese:
        return False
    return not key.written.isdigit() and (key.kind == "label" or (key.kind == "alias" and 3 * vowels >= len(name)))


def _are_baited(keys: dict[str, BrandKey], brands: tuple[Brand, ...]) -> NDArray[np.bool_]:
    """Return which names `search_baited` looks for: short ones and baited aliases of brands with a name."""
    return np.array(
        [
            bool(brands[key.brand].zh or brands[key.brand].en) and (len(name) <= SHORT or key.kind == "baited")
            for name, key in keys.items()
        ],
        dtype=np.bool_,
    )


def _begins(keys: dict[str, BrandKey]) -> NDArray[np.uint64]:
    """Return the index of names by their first letters; shorter names count only where `search_baited` looks."""
    rows = [
        (name[: next(size for size in _PREFIXES if size <= len(name))], number)
        for number, (name, key) in enumerate(keys.items())
        if len(name) > SHORT or name == FORGED_GOVERNMENT
    ]
    codes = hashing.row_codes(*pack_rows(begin for begin, _ in rows))
    return hashing.build(codes, np.array([row for _, row in rows], dtype=np.int32))


def _numbers(brands: tuple[Brand, ...]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for number, brand in enumerate(brands):
        for alias in (*brand.aliases, brand.domain.split(".")[0]):
            if alias.isascii() and alias.isdigit() and len(alias) >= 5:
                numbers.setdefault(alias, number)
    return numbers


#: Service numbers that are mistyped on purpose: railways, traffic, carriers, social security, the large banks, tax.
_IMITATED_NUMBERS = "12306 12123 10086 10010 12333 95588 95533 95555 95599 95566 12366 95516"


def _mistyped_numbers(numbers: dict[str, int]) -> dict[str, int]:
    """Return the well-known service numbers with one digit doubled or two neighbours swapped, with their brands."""
    mistyped: dict[str, int] = {}
    for digits in sorted(numbers.keys() & _IMITATED_NUMBERS.split()):
        for place in range(len(digits)):
            doubled = digits[: place + 1] + digits[place:]
            swapped = digits[:place] + digits[place : place + 2][::-1] + digits[place + 2 :]
            for written in {doubled, swapped} - numbers.keys():
                mistyped.setdefault(written, numbers[digits])
    return mistyped


def _is_local(brand: Brand) -> bool:
    """Return whether a brand is named, Chinese, of a sector that fraud imitates, and no word or place."""
    is_fit = brand.sector not in LITTLE_IMITATED and brand.match_requirement in ("", "gov")
    return bool(brand.zh) and brand.country == "CN" and is_fit


def _is_checked(suffix: str) -> bool:
    return bool(_CHECKED_LABELS & {suffix.partition(".")[0], suffix.rpartition(".")[2]})


def _fold() -> NDArray[np.uint8]:
    table = np.arange(256, dtype=np.uint8)
    for source, target in zip(b"015i", b"olsl", strict=True):
        table[source] = target
    return table


def _slips() -> NDArray[np.bool_]:
    """Return the symmetric table of folded letters that are mistyped, misread or one flipped bit apart."""
    pairs = {(a, b) for row in _KEYBOARD for a, b in zip(row, row[1:], strict=False)}
    pairs |= {(a, b) for up, low in zip(_KEYBOARD, _KEYBOARD[1:], strict=False) for a, b in zip(up, low, strict=False)}
    pairs |= {
        (a, b) for up, low in zip(_KEYBOARD, _KEYBOARD[1:], strict=False) for a, b in zip(up[1:], low, strict=False)
    }
    pairs |= {(a, b) for a in "aeiouy" for b in "aeiouy"} | {(pair[0], pair[1]) for pair in _LOOK_ALIKE.split()}
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    pairs |= {(a, b) for a in letters for b in letters if (ord(a) ^ ord(b)).bit_count() == 1}
    table, fold = np.zeros((256, 256), dtype=np.bool_), _fold()
    for a, b in pairs:
        table[fold[ord(a)], fold[ord(b)]] = table[fold[ord(b)], fold[ord(a)]] = True
    return table

"""Compile the Chinese numbering plan into the small table that ships with the product.

Usage: python tools/build_numbering.py ../shared/data/cn_phone_prefix

Reads number_plan.csv and prefix7.parquet of the data set (PyPI `phone`, BSD and MIT; VincentSit's
ChinaMobilePhoneNumberRegex, MIT), service_numbers.csv beside the result, the local-number lengths and region names of
`phonenumbers` (Apache-2.0) and the romanisation of `pypinyin` (MIT); writes src/fanzha/kinds/data/numbering.npz.
The plan stands above the prefix table wherever the two differ.
"""

import argparse
import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import phonenumbers
import pyarrow.parquet as pq
from numpy.typing import NDArray
from phonenumbers.geodata.locale import LOCALE_DATA
from pypinyin import Style, lazy_pinyin

from fanzha.kinds.numbering.plan_rules import LISTED, LONGEST
from fanzha.kinds.numbering.terms import CAPABILITIES, CLASSES, OPERATORS, REASONS, VALIDITIES

FOLDER = Path(__file__).parent.parent / "src" / "fanzha" / "kinds" / "data"
NAMES = {"移动": "china_mobile", "联通": "china_unicom", "电信": "china_telecom", "广电": "china_broadnet"}
PLAN_NAMES = {
    "China Mobile": "china_mobile",
    "China Unicom": "china_unicom",
    "China Telecom": "china_telecom",
    "China Broadnet": "china_broadnet",
    "Inmarsat (Beijing Marine)": "inmarsat",
    "MIIT emergency communications": "miit",
}
OWNERS_OF_400 = {  # by fourth digit
    "6": "china_unicom",
    "0": "china_unicom",
    "7": "china_mobile",
    "1": "china_mobile",
    "8": "china_telecom",
    "9": "china_telecom",
}
ENGLISH = {  # names that are not romanised syllable by syllable
    "内蒙古": "Inner Mongolia",
    "西藏": "Tibet",
    "陕西": "Shaanxi",
    "呼和浩特": "Hohhot",
    "包头": "Baotou",
    "鄂尔多斯": "Ordos",
    "呼伦贝尔": "Hulunbuir",
    "乌兰察布": "Ulanqab",
    "乌兰浩特": "Ulanhot",
    "巴彦淖尔": "Bayannur",
    "锡林郭勒": "Xilingol",
    "阿拉善": "Alxa",
    "兴安": "Hinggan",
    "海拉尔": "Hailar",
    "乌鲁木齐": "Urumqi",
    "克拉玛依": "Karamay",
    "伊犁": "Ili",
    "克州": "Kizilsu",
    "博州": "Bortala",
    "博乐": "Bole",
    "巴州": "Bayingolin",
    "库尔勒": "Korla",
    "吐鲁番": "Turpan",
    "和田": "Hotan",
    "哈密": "Hami",
    "喀什": "Kashgar",
    "塔城": "Tacheng",
    "奎屯": "Kuitun",
    "阿克苏": "Aksu",
    "阿勒泰": "Altay",
    "拉萨": "Lhasa",
    "日喀则": "Shigatse",
    "昌都": "Qamdo",
    "林芝": "Nyingchi",
    "那曲": "Nagqu",
    "阿里": "Ngari",
    "山南": "Shannan",
    "甘孜": "Garze",
    "阿坝": "Aba",
    "迪庆": "Deqen",
    "德宏": "Dehong",
    "格尔木": "Golmud",
    "果洛": "Golog",
    "玉树": "Yushu",
    "哈尔滨": "Harbin",
    "齐齐哈尔": "Qiqihar",
    "大兴安岭": "Daxing'anling",
    "吕梁": "Lüliang",
    "漯河": "Luohe",
    "长治": "Changzhi",
    "珲春": "Hunchun",
    "朝阳": "Chaoyang",
    "普洱": "Pu'er",
    "马鞍山": "Ma'anshan",
}


class Plan:
    """Rules in order, later ones stand above earlier ones: five-digit prefix and length -> outcome."""

    def __init__(self) -> None:
        """Start with an empty plan; outcome 0 is none."""
        self.cells = np.zeros((100_000, LONGEST + 1), np.uint8)
        self.outcomes: list[tuple[int, ...]] = [(0, 0, 0, 0, 0, 0)]

    def rule(
        self,
        prefix: str,
        lengths: Iterator[int] | range | tuple[int, ...],
        kind: str,
        valid: str | int = "yes",
        reason: str = "by_plan",
        operator: str = "",
        voice: str = "",
        texts: str = "",
    ) -> None:
        """Give every number of these lengths that begins with the prefix (at most five digits) an outcome."""
        validity = valid if isinstance(valid, int) else [v.value for v in VALIDITIES].index(valid)
        outcome = (
            [c.value for c in CLASSES].index(kind),
            validity,
            [r.value for r in REASONS].index(reason),
            [o.value for o in OPERATORS].index(operator),
            [c.value for c in CAPABILITIES].index(voice),
            [c.value for c in CAPABILITIES].index(texts),
        )
        if outcome not in self.outcomes:
            self.outcomes.append(outcome)
        width = 10 ** (5 - len(prefix))
        first = int(prefix) * width
        for length in lengths:
            end = first + (width if length >= 5 else 10 ** max(0, length - len(prefix)) * 10 ** (5 - length))
            self.cells[first:end, length] = self.outcomes.index(outcome)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the plan with equal rows shared."""
        rows, block = np.unique(self.cells, axis=0, return_inverse=True)
        outcomes = np.array(self.outcomes, np.uint8)
        return {"block": block.reshape(-1).astype(np.uint16), "outcome": rows, "outcomes": outcomes}


def short_numbers(plan: Plan) -> None:
    """Short and special numbers: by shape first, those known by name above."""
    plan.rule("95", range(5, 7), "service")
    plan.rule("95", (7, 8), "service", "unknown", "by_shape")
    for licensee in ("950", "951", "952", "954", "957"):
        plan.rule(licensee, (7, 8), "service")
    plan.rule("96", range(5, 7), "service")
    plan.rule("96", (7, 8), "service", "unknown", "by_shape")
    for prefix in ("100", "101"):
        plan.rule(prefix, (5,), "service", "unknown", "by_shape")
    for prefix in ("111", "116", "118", "12"):
        plan.rule(prefix, (5, 6), "service", "unknown", "by_shape")
    for prefix in ("10000", "10010", "10086", "10099"):
        plan.rule(prefix, range(6, 12), "service", "unknown", "extended_service")
    for prefix in ("160", "168"):
        plan.rule(prefix, (8,), "service", "unknown", "by_shape")
    plan.rule("106", range(5, LONGEST + 1), "port_sms", "unknown", "by_shape")
    for digit in "235678":
        plan.rule(f"106{digit}", range(8, LONGEST + 1), "port_sms")
    plan.rule("1069", range(8, LONGEST + 1), "port_sms")
    for digit in "0123456789":
        owner = OWNERS_OF_400.get(digit, "")
        plan.rule(f"400{digit}", (10,), "service_400", "yes" if owner else "unknown", operator=owner)
    plan.rule("800", (10,), "service_800")


def named_numbers(plan: Plan) -> NDArray[np.uint8]:
    """Numbers known by name; return which five-digit ones are protected."""
    protected = np.zeros(100_000, np.uint8)
    with (FOLDER / "service_numbers.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            number = row["number"]
            plan.rule(number[:5], (len(number),), row["class"], "yes")
            if len(number) == 5:
                protected[int(number)] = 1
    return protected


def mobile_numbers(plan: Plan, folder: Path, operators: dict[str, str]) -> None:
    """Mobile, MVNO, IoT, data-card and satellite ranges; prefixes that only the table knows stay uncertain."""
    for number in range(140, 150):
        plan.rule(str(number), (13,), "iot", "unknown", "by_shape", voice="no", texts="restricted")
    for prefix, operator in operators.items():
        plan.rule(prefix, (11,), "iot" if prefix.startswith("14") else "mobile", LISTED, operator=operator)
    with (folder / "number_plan.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for prefix in prefixes(row["prefix"]):
                kind = row["class"]
                if kind in ("satellite", "emergency") or prefix.startswith("174"):
                    kind = "satellite_or_emergency"
                operator = PLAN_NAMES[row["operator"].removeprefix("on ")]
                length = (int(row["digits"]),)
                plan.rule(prefix, length, kind, operator=operator, voice=row["voice"], texts=row["sms"])


def prefixes(text: str) -> Iterator[str]:
    """Spell out `134(0-8)`, `135-139` and `1349`."""
    for word in text.split():
        if found := re.fullmatch(r"(\d+)\((\d)-(\d)\)", word):
            yield from (found[1] + str(last) for last in range(int(found[2]), int(found[3]) + 1))
        elif found := re.fullmatch(r"(\d+)-(\d+)", word):
            yield from map(str, range(int(found[1]), int(found[2]) + 1))
        else:
            yield word


def regions(rows: list[dict[str, Any]]) -> tuple[dict[str, NDArray[Any]], list[list[str]], dict[str, str]]:
    """Regions of prefixes and area codes; also the operator of each three-digit prefix as the table has it."""
    names: list[list[str]] = [["", "", ""]]
    place: dict[tuple[str, str], int] = {}
    dense = np.zeros(700_000, np.uint16)
    areas: dict[str, dict[str, int]] = {}
    operators: dict[str, str] = {}
    for row in rows:
        city = "锡林郭勒" if row["city"] == "锡林郭勒盟" else row["city"]
        area = row["area_code"].removeprefix("0").removeprefix("0")
        key = (row["province"], city)
        if key not in place:
            place[key] = len(names)
            names.append([*key, "0" + area])
        dense[row["prefix7"] - 1_300_000] = place[key]
        areas.setdefault(area, {}).setdefault(city, 0)
        areas[area][city] += 1
        operators[str(row["prefix7"])[:3]] = NAMES[row["operator"][:2]]
    ends = np.append(np.flatnonzero(np.diff(dense)) + 1, dense.size)
    lengths = np.diff(np.concatenate([[0], ends]))
    arrays = {"run_length": lengths.astype(np.uint16), "run_region": dense[ends - 1]}
    return arrays | fixed_areas(areas, names, place), names, operators


def fixed_areas(
    areas: dict[str, dict[str, int]], names: list[list[str]], place: dict[tuple[str, str], int]
) -> dict[str, NDArray[Any]]:
    """Area codes: their cities, the largest first, and how many digits a local number has."""
    province_of = {city: province for province, city in place}
    area = np.zeros(1000, np.uint16)
    digits, local, region = [0], [0], [0]
    for number, (code, cities) in enumerate(sorted(areas.items()), start=1):
        ordered = sorted(cities, key=lambda city: -cities[city])
        joined = "/".join(city for city in ordered if cities[city] >= 100 or city == ordered[0])
        key = (province_of[ordered[0]], joined)
        if key not in place:
            place[key] = len(names)
            names.append([*key, "0" + code])
        width = 10 ** (3 - len(code))
        area[int(code) * width : (int(code) + 1) * width] = number
        digits.append(len(code))
        local.append(sum(1 << length for length in (7, 8) if assigned(code, length)))
        region.append(place[key])
    return {
        "area": area,
        "area_digits": np.array(digits, np.uint8),
        "area_local": np.array(local, np.uint16),
        "area_region": np.array(region, np.uint16),
    }


def assigned(code: str, length: int) -> bool:
    """Ask phonenumbers whether local numbers of this length stand behind an area code."""
    number = phonenumbers.PhoneNumber(86, int(code + "6" + "5" * (length - 1)))
    return phonenumbers.is_valid_number(number)


def english(name: str) -> str:
    """Romanise a place name; a syllable that begins with a vowel is set off by an apostrophe (西安 Xi'an)."""
    return "/".join(ENGLISH.get(word) or romanised(lazy_pinyin(word, style=Style.NORMAL)) for word in name.split("/"))


def romanised(syllables: list[str]) -> str:
    """Join the syllables of one name."""
    return "".join("'" * (n > 0 and word[0] in "aeo") + word for n, word in enumerate(syllables)).capitalize()


def countries() -> dict[str, list[str]]:
    """Region code -> Chinese and English name."""
    known = {code for codes in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.values() for code in codes} - {"001"}
    named = {code: [localised(code, "zh"), localised(code, "en")] for code in sorted(known)}
    missing = {
        "AC": ["阿森松岛", "Ascension Island"],
        "TA": ["特里斯坦-达库尼亚", "Tristan da Cunha"],
        "WS": ["萨摩亚", "Samoa"],
        "XK": ["科索沃", "Kosovo"],
    }
    named |= missing
    ours = {"HK": "香港", "MO": "澳门", "TW": "台湾"}
    for code, name in ours.items():
        named[code] = [f"中国{name}", f"{localised(code, 'en').split(' SAR')[0]}, China"]
    return named | {"001": ["国际业务号码", "international service"]}


def localised(code: str, language: str) -> str:
    """Return a region's name; in the locale data `*` points to the English one and `*xx` to another language."""
    names = LOCALE_DATA.get(code, {})
    name = names.get(language, "")
    return names.get(name[1:], "") if name.startswith("*") else name or code


def main() -> None:
    """Build the table and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the data set cn_phone_prefix")
    folder = parser.parse_args().folder
    arrays: dict[str, Any]
    arrays, names, operators = regions(pq.read_table(folder / "prefix7.parquet").to_pylist())
    plan = Plan()
    short_numbers(plan)
    protected = named_numbers(plan)
    mobile_numbers(plan, folder, operators)
    texts = {
        "regions": [[*row, english(row[0]), english(row[1])] for row in names],
        "countries": countries(),
    }
    packed = np.frombuffer(json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode(), np.uint8)
    target = FOLDER / "numbering.npz"
    with target.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays, **plan.arrays(), protected=protected, texts=packed)
    print(f"{target.name}: {target.stat().st_size:,} bytes, {len(names)} regions")


if __name__ == "__main__":
    main()

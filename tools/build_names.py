"""Compile the look-alike and Chinese variant tables of names from Unicode's own data.

    tools/build_names.py CONFUSABLES UNIHAN

CONFUSABLES is the UTS 39 table as the package confusable-homoglyphs carries it (`confusables.json`); UNIHAN is
`Unihan_Variants.txt.bz2` (UAX 38) of Debian's package unicode-data. Run it when Unicode publishes a new version.
"""

import bz2
import json
import re
import sys
import unicodedata
from pathlib import Path

TARGET = Path(__file__).parent.parent / "src/fanzha/kinds/web/data"

#: Look-alikes that UTS 39 does not map to a Latin letter, although people read them as one.
GAPS = {
    "ь": "b", "һ": "h", "ӏ": "l", "ı": "i", "ɩ": "i", "ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ŧ": "t", "ə": "e",
    "ɢ": "g", "ß": "ss", "æ": "ae", "œ": "oe", "ĸ": "k", "ŋ": "n", "þ": "p", "ʀ": "r", "ʏ": "y", "ʙ": "b", "ʟ": "l",
    "ɴ": "n", "ʜ": "h", "к": "k", "м": "m", "н": "h", "т": "t", "в": "b", "п": "n", "и": "u", "я": "r", "л": "n",
    "ф": "o", "ω": "w", "π": "n", "η": "n", "κ": "k", "τ": "t", "μ": "u", "ε": "e", "χ": "x", "〇": "o", "丨": "l",
    "ー": "-",
}  # fmt: skip


def confusables(path: Path) -> dict[str, str]:
    """Return one-character look-alikes of one or two ASCII letters or digits, lower case."""
    found: dict[str, str] = {}
    for source, alternatives in json.loads(path.read_text(encoding="utf-8")).items():
        plain = [c["c"].lower() for c in alternatives if re.fullmatch(r"[A-Za-z0-9]{1,2}", c["c"])]
        # NFKD comes first when a name is folded, so what it already solves is left out.
        if plain and len(source) == 1 and not unicodedata.normalize("NFKD", source).isascii():
            found.setdefault(source.lower(), plain[0])
    return {c: plain for c, plain in {**_by_name(), **found, **GAPS}.items() if len(c) == 1 and not c.isascii()}


def _by_name() -> dict[str, str]:
    """Return Latin letters with hooks, strokes and the like, which Unicode's names tell but no decomposition does."""
    pattern = re.compile(
        r"LATIN (?:SMALL LETTER|LETTER SMALL CAPITAL) (?:DOTLESS |INSULAR |OPEN )?([A-Z])(?: WITH .*)?"
    )
    letters = {chr(code): pattern.fullmatch(unicodedata.name(chr(code), "")) for code in range(0x80, 0x10000)}
    return {c: m[1].lower() for c, m in letters.items() if m and not unicodedata.normalize("NFKD", c)[0].isascii()}


def simplified(path: Path) -> dict[str, str]:
    """Return traditional Chinese characters with the one simplified form that Unihan gives."""
    found: dict[str, str] = {}
    rows = [line.split("\t") for line in bz2.decompress(path.read_bytes()).decode().splitlines() if line[:2] == "U+"]
    for code, field, values in rows:
        forms = [chr(int(value.split("<")[0][2:], 16)) for value in values.split()]
        character = chr(int(code[2:], 16))
        if field == "kSimplifiedVariant" and character not in forms and ord(character) < 0x10000:
            found[character] = forms[0]
    return found


def main() -> None:
    """Write both tables."""
    tables = {"confusables": confusables(Path(sys.argv[1])), "simplified": simplified(Path(sys.argv[2]))}
    for name, table in tables.items():
        rows = [f"{source}\t{target}\n" for source, target in sorted(table.items())]
        (TARGET / f"{name}.tsv").write_text("".join(rows), encoding="utf-8")
        print(f"{name}: {len(rows)} characters")


if __name__ == "__main__":
    main()

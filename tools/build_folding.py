"""Build the character table of the text folding from Unicode's data and OpenCC's (Apache-2.0); the result is committed.

Usage: python tools/build_folding.py src/fanzha/learn/data/folding.npz        (needs the package opencc)

Every character goes to its compatibility form (NFKC), lower case and simplified form; letters that look Latin go to
Latin; invisible characters go to nothing; signs outside ASCII go to a space.
"""

import argparse
import unicodedata
from pathlib import Path

import numpy as np
import opencc

_FROM = "авсԁеѕіјкӏмнорԛгтуѵԝхьһοαɑνυικρτχϲҽհёєσɩıłøđħŧɡ"
_TO = "abcdesijklmhopqrtyvwxbhoaavuikptxceheeoiilodhtg"
LOOK_LATIN = dict(zip(_FROM, _TO, strict=True))
LAST = 0x20000
INVISIBLE = {0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x2800, 0x3164, 0xFEFF, 0xFFA0}


def folded(character: str, simplify: opencc.OpenCC) -> str:
    """Return what one character folds to."""
    code = ord(character)
    if code in INVISIBLE or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return ""
    text = unicodedata.normalize("NFKC", character).lower()
    text = "".join(LOOK_LATIN.get(sign, sign) for sign in simplify.convert(text))
    text = "".join(sign for sign in text if unicodedata.category(sign) not in ("Mn", "Me", "Cf"))
    kept = "".join(sign if sign.isascii() or sign.isalnum() else " " for sign in text)
    return "".join(sign if " " <= sign <= "~" or not sign.isascii() else " " for sign in kept)


def main() -> None:
    """Write the characters that change, and what each becomes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    target: Path = parser.parse_args().target
    simplify = opencc.OpenCC("t2s")
    codes, lengths, pool = [], [], []
    for code in range(LAST):
        becomes = " " if 0xD800 <= code <= 0xF8FF else folded(chr(code), simplify)[:4]
        if becomes != chr(code):
            codes.append(code)
            lengths.append(len(becomes))
            pool += [ord(sign) for sign in becomes]
    target.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        target,
        codes=np.array(codes, np.uint32),
        lengths=np.array(lengths, np.uint8),
        pool=np.array(pool, np.uint32),
    )
    print(f"{len(codes)} characters, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()

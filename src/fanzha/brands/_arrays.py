"""Arrays that the kernel reads and writes: indexes of names, answers, and scratch memory."""

# Its numbers are compiled into the kernels; the name of base.kernels here has the kernels' cache notice a change.

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Groups of tricks, which are the columns of the calibration; their wording is in tricks.py.
(
    SUFFIX, LOOK, LEFT_OUT, ADDED, REPEATED, REPLACED, SWAPPED, TWO_EDITS, SPLIT, COMPANION, INSIDE, TOKEN, WHOLE,
    NUMBER, GOV, HOMOGLYPH, CHINESE, TAIL, SUBDOMAIN,
) = range(19)  # fmt: skip
GROUPS = 19

#: Classes of companion words (bits). A weak word, such as initials or a word that innocent names use too, is bait only
#: where names are cheap or where it is set apart. MOBILE words are those of sites for phones (m, wap, h5). INITIALS is
#: no word: letters without a vowel, as in the initials of a Chinese phrase or letters at random. REGION words are
#: provinces and cities, in full or by their initials.
BAIT, FILLER, GOVERNMENT, PRODUCT, ADDRESS, WEAK, MOBILE, INITIALS, REGION = 1, 2, 4, 8, 16, 32, 64, 128, 256

#: Flag of public suffixes whose registry checks who registers (added to those of kinds._names.suffixes).
CHECKED = 16

#: What a match of a name requires: table.MATCH_REQUIREMENTS in order, and NEEDS_BAIT for aliases that end in "+".
NEEDS_NOTHING, NEEDS_GOV, NEEDS_WORD, NEEDS_CLEAR, NEEDS_BAIT = 0, 1, 2, 3, 4

#: Restriction of a group of tricks for one brand.
FREE, APART, OFF = 0, 1, 2


class NameIndex(NamedTuple):
    """Indexes of all names of all brands."""

    exact: NDArray[np.uint64]  # folded name -> key
    near: NDArray[np.uint64]  # folded name with letters left out -> key
    near_bits: NDArray[np.uint64]  # filter before near
    baited_bits: NDArray[np.uint64]  # filter of the names that search_baited looks for
    begins: NDArray[np.uint64]  # first 5, 6, 8 or 12 letters -> key
    words: NDArray[np.uint64]  # folded companion word -> class bits
    own: NDArray[np.uint64]  # own domain -> brand
    syllables: NDArray[np.uint64]  # folded Mandarin syllable
    suffixes: NDArray[np.uint64]  # public suffix -> flags
    numbers: NDArray[np.uint64]  # digits -> brand
    mistyped_numbers: NDArray[np.uint64]  # digits doubled or swapped -> brand
    key_text: NDArray[np.uint8]
    key_starts: NDArray[np.int64]
    key_brand: NDArray[np.int64]
    key_raw: NDArray[np.uint64]  # code of the name as written; 0 for a domain run together
    key_core: NDArray[np.int64]  # letters without generic words such as bank, online, group
    key_needs: NDArray[np.uint8]
    key_pinyin: NDArray[np.bool_]  # of a Chinese brand, and can be read as Mandarin syllables
    key_number: NDArray[np.bool_]  # written in digits
    key_label: NDArray[np.bool_]  # label of the brand's main domain
    allowed: NDArray[np.uint8]  # brands × GROUPS: FREE, APART or OFF
    brand_named: NDArray[np.bool_]  # somebody wrote its name down, so that it is a brand people know
    brand_guarded: NDArray[np.bool_]  # of a sector that fraud imitates under com, net and cn too
    brand_local: NDArray[np.bool_]  # known in China, so that its name may stand before initials or letters at random
    brand_suffix: NDArray[np.uint64]  # code of the public suffix of its main domain
    suffix_risk: NDArray[np.uint64]  # public suffix -> 1 (com, cn and the like) or 2 (names cost next to nothing)
    slips: NDArray[np.bool_]  # 256 × 256: letters mistaken for one another
    gov_brand: int  # the brand named when only a government site is forged, or -1
    fold: NDArray[np.uint8]  # byte -> folded byte
    powers: NDArray[np.uint64]


class Answers(NamedTuple):
    """The answers, one row for each host; brand is -1 without a match. Offsets are in bytes."""

    owner: NDArray[np.int32]  # the brand whose own site it is, or -1
    registrable: NDArray[np.int16]  # where the registrable domain begins; -1 when there is none
    hosting: NDArray[np.bool_]  # under a private suffix
    brand: NDArray[np.int32]
    key: NDArray[np.int32]  # the name matched, or -1
    group: NDArray[np.int8]
    score: NDArray[np.float32]
    length: NDArray[np.int16]  # letters matched
    distance: NDArray[np.int8]  # edits
    companions: NDArray[np.bool_]  # the host contains a bait word


class Scratch(NamedTuple):
    """Scratch memory for one host."""

    raw: NDArray[np.uint64]  # prefix codes of the host
    dotted: NDArray[np.uint64]  # the same with hyphens read as dots
    text: NDArray[np.uint8]  # folded, without hyphens
    codes: NDArray[np.uint64]  # prefix codes of text
    begins: NDArray[np.bool_]  # a token begins here
    digit: NDArray[np.bool_]  # was a digit
    vowel: NDArray[np.bool_]  # was one of a, e, i, o, u
    pair: NDArray[np.uint8]  # the main label with letter pairs folded
    pair_codes: NDArray[np.uint64]
    checked_keys: NDArray[np.int32]


def answers(rows: int) -> Answers:
    """Return empty answers for `rows` hosts."""
    return Answers(
        owner=np.full(rows, -1, np.int32),
        registrable=np.full(rows, -1, np.int16),
        hosting=np.zeros(rows, np.bool_),
        brand=np.full(rows, -1, np.int32),
        key=np.full(rows, -1, np.int32),
        group=np.full(rows, -1, np.int8),
        score=np.zeros(rows, np.float32),
        length=np.zeros(rows, np.int16),
        distance=np.zeros(rows, np.int8),
        companions=np.zeros(rows, np.bool_),
    )


def scratch() -> Scratch:
    """Return scratch memory for one host."""
    size = 260
    return Scratch(
        raw=np.zeros(size, np.uint64),
        dotted=np.zeros(size, np.uint64),
        text=np.zeros(size, np.uint8),
        codes=np.zeros(size, np.uint64),
        begins=np.zeros(size, np.bool_),
        digit=np.zeros(size, np.bool_),
        vowel=np.zeros(size, np.bool_),
        pair=np.zeros(size, np.uint8),
        pair_codes=np.zeros(size, np.uint64),
        checked_keys=np.full(16, -1, np.int32),
    )

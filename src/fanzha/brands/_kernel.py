"""The kernel that matches hosts against all brands."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.brands._arrays import CHECKED, HOMOGLYPH, LOOK, SPLIT, Answers, NameIndex, Scratch
from fanzha.brands._bait_search import search_baited, search_numbers, search_slipped
from fanzha.brands._best_match import Best, reset_best
from fanzha.brands._comparison import is_random
from fanzha.brands._hash_index import find, part, prefix_codes, value
from fanzha.brands._host_folding import cut_suffix, dotted_codes, fold_host, fold_pairs
from fanzha.brands._searches import search_exact, search_inside, search_near, search_whole

DOT, HYPHEN = 46, 45
NOTHING = np.uint64(0)


@compiled
def match_hosts(
    text: NDArray[np.uint8], starts: NDArray[np.int64], disguised: NDArray[np.bool_], names: NameIndex,
    answers: Answers, room: Scratch, best: Best,
) -> None:  # fmt: skip
    """Set the answer of each host text[starts[i] : starts[i + 1]] (lower-case ASCII).

    `disguised` hosts are written in other scripts and passed as they look; they are not compared with brands' own
    domains.
    """
    for row in range(starts.size - 1):
        size = starts[row + 1] - starts[row]
        if 3 < size < 254:
            match_host(text, starts[row], size, disguised[row], row, names, answers, room, best)


@compiled
def match_host(
    text: NDArray[np.uint8], first: int, size: int, disguised: bool, row: int, names: NameIndex,
    answers: Answers, room: Scratch, best: Best,
) -> None:  # fmt: skip
    """Set the answer of one host."""
    prefix_codes(text, first, first + size, room.raw)
    suffix, answers.hosting[row] = cut_suffix(text, first, size, room.raw, names.powers, names.suffixes)
    if suffix == 0:
        return
    label = suffix - 1
    while label > 0 and text[first + label - 1] != DOT:
        label -= 1
    answers.registrable[row] = label
    slot = find(names.own, part(room.raw, names.powers, label, size), -1)
    if slot >= 0 and not disguised:
        answers.owner[row] = value(names.own, slot)
        return
    slot = find(names.suffixes, part(room.raw, names.powers, suffix, size), -1)
    if slot >= 0 and value(names.suffixes, slot) & CHECKED:
        return  # the registry checks registrants, so names under this suffix are not imitations
    slot = find(names.suffix_risk, part(room.raw, names.powers, suffix, size), -1)
    risk = value(names.suffix_risk, slot) if slot >= 0 else 0
    dotted_codes(text, first, size, room.dotted, room)
    folded, main = fold_host(text, first, suffix - 1, names.fold, room)
    reset_best(names, room, folded, best)
    best.random[0] = main > 0 and is_random(room, main, folded)
    written = part(room.raw, names.powers, label, suffix - 1)
    _search(
        text,
        first,
        size,
        suffix,
        label,
        folded,
        main,
        written,
        disguised,
        risk,
        answers.hosting[row],
        names,
        room,
        best,
    )
    if best.brand[0] >= 0:
        answers.brand[row], answers.key[row], answers.group[row] = best.brand[0], best.key[0], best.group[0]
        answers.score[row], answers.length[row] = best.score[0], best.length[0]
        answers.distance[row], answers.companions[row] = best.distance[0], best.bait[0]


@compiled
def _search(
    text: NDArray[np.uint8], first: int, size: int, suffix: int, label: int, folded: int, main: int,
    written: np.uint64, disguised: bool, risk: int, hosting: bool, names: NameIndex, room: Scratch, best: Best,
) -> None:  # fmt: skip
    code = part(room.codes, names.powers, main, folded)
    joined, paired = NOTHING, NOTHING
    pairs = fold_pairs(room, main, folded)
    if pairs:
        paired = room.pair_codes[pairs]
    if main > 1:
        before = main - 1
        while before > 0 and room.text[before - 1] != DOT:
            before -= 1
        joined = part(room.codes, names.powers, before, main - 1) * names.powers[folded - main] + code
    for way in (HOMOGLYPH if disguised else LOOK, LOOK, SPLIT):
        if code != NOTHING:
            search_exact(names, best, code, written, way, risk, hosting)
        code, paired, joined, written = paired, joined, NOTHING, NOTHING
    search_near(
        names, room, best, main, folded, disguised, part(room.raw, names.powers, suffix, size), risk
    )  # fmt: skip
    search_inside(names, room, best, folded, main, risk)
    search_baited(names, room, best, folded, main, risk)
    search_slipped(names, room, best, folded, main, part(room.raw, names.powers, suffix, size), risk)
    search_whole(names, room, best, text, first, size, suffix)
    search_numbers(names, room, best, text, first, suffix - 1, label, main, folded, risk)

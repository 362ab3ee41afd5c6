"""The strongest offer wins, within what a brand needs and calibration allows."""

import numpy as np

from fanzha.brands import _arrays as tables
from fanzha.brands import _best_match as offering
from fanzha.brands._name_index import build
from fanzha.brands.allowance import no_restrictions
from fanzha.brands.table import Brand

BRANDS = (
    Brand("taobao.com"),
    Brand("orange.com", match_requirement="word"),
    Brand("hangzhou.gov.cn", match_requirement="gov"),
)


def names(allowed: int = tables.FREE) -> tables.NameIndex:
    table = no_restrictions(BRANDS)
    table[0, tables.SUFFIX] = allowed
    return build(BRANDS, table)


def key_of(names: tables.NameIndex, brand: int) -> int:
    return int(np.flatnonzero(names.key_brand == brand)[0])


def taken(names: tables.NameIndex, brand: int, group: int, *, apart: bool = False, government: bool = False) -> bool:
    best = offering.empty_best()
    best.brand[0], best.government[0] = -1, government
    offering.offer(names, best, brand, key_of(names, brand), group, 0.7, 6, 0, apart)
    return int(best.brand[0]) == brand


def test_stronger_offer_replaces_a_weaker_one_only() -> None:
    table, best = names(), offering.empty_best()
    offering.offer(table, best, 0, 0, tables.LOOK, 0.9, 6, 0, False)
    offering.offer(table, best, 1, -1, tables.LOOK, 0.8, 9, 0, True)
    assert (int(best.brand[0]), float(best.score[0])) == (0, 0.9)


def test_calibration_lets_a_trick_count_apart_only_or_not_at_all() -> None:
    assert taken(names(tables.FREE), 0, tables.SUFFIX)
    assert not taken(names(tables.APART), 0, tables.SUFFIX)
    assert taken(names(tables.APART), 0, tables.SUFFIX, apart=True)
    assert not taken(names(tables.OFF), 0, tables.SUFFIX, apart=True)


def test_ordinary_word_needs_to_stand_apart() -> None:
    assert not taken(names(), 1, tables.COMPANION)
    assert taken(names(), 1, tables.COMPANION, apart=True)
    assert taken(names(), 1, tables.LOOK)


def test_place_name_needs_a_government_token() -> None:
    assert not taken(names(), 2, tables.COMPANION, apart=True)
    assert taken(names(), 2, tables.COMPANION, government=True)


def test_bait_and_government_words_are_noticed() -> None:
    from fanzha.brands._host_folding import fold_host
    from fanzha.brands._name_index import pack_rows

    table, room, best = names(), tables.scratch(), offering.empty_best()
    for text, bait, government in [("hz-gov.x", False, True), ("my-login.x", True, False), ("plain.x", False, False)]:
        size, _ = fold_host(pack_rows([text])[0], 0, len(text), table.fold, room)
        offering.reset_best(table, room, size, best)
        assert (bool(best.bait[0]), bool(best.government[0])) == (bait, government)

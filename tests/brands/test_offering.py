"""The strongest offer wins, within what a brand needs and calibration allows."""

import numpy as np

from fanzha.brands import _offering as offering
from fanzha.brands import _tables as tables
from fanzha.brands._keys import build
from fanzha.brands.allowance import free
from fanzha.brands.table import Brand

BRANDS = (Brand("taobao.com"), Brand("orange.com", needs="word"), Brand("hangzhou.gov.cn", needs="gov"))


def names(allowed: int = tables.FREE) -> tables.Names:
    table = free(BRANDS)
    table[0, tables.SUFFIX] = allowed
    return build(BRANDS, table)


def key_of(names: tables.Names, brand: int) -> int:
    return int(np.flatnonzero(names.key_brand == brand)[0])


def taken(names: tables.Names, brand: int, group: int, *, apart: bool = False, government: bool = False) -> bool:
    best = offering.nothing()
    best.brand[0], best.government[0] = -1, government
    offering.offer(names, best, brand, key_of(names, brand), group, 0.7, 6, 0, apart)
    return int(best.brand[0]) == brand


def test_stronger_offer_replaces_a_weaker_one_only() -> None:
    table, best = names(), offering.nothing()
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
    from fanzha.brands._cutting import fold_host
    from fanzha.brands._keys import packed

    table, room, best = names(), tables.scratch(), offering.nothing()
    for text, bait, government in [("hz-gov.x", False, True), ("my-login.x", True, False), ("plain.x", False, False)]:
        size, _ = fold_host(packed([text])[0], 0, len(text), table.fold, room)
        offering.look_around(table, room, size, best)
        assert (bool(best.bait[0]), bool(best.government[0])) == (bait, government)

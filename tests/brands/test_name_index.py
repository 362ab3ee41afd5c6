"""Every brand is known by its label, its aliases and its domain run together; words around it are told apart."""

import pytest

from fanzha.brands._arrays import BAIT, GROUPS
from fanzha.brands._name_index import build, companions, core, keys_of, names_of, pack_rows
from fanzha.brands.allowance import no_restrictions
from fanzha.brands.table import Brand

BANK = Brand("icbc.com.cn", zh="中国工商银行", aliases=("95588", "工行", "gongshangyinhang"))


def test_names_of_a_brand_leave_numbers_and_chinese_out() -> None:
    assert names_of(BANK) == {"icbc": "label", "gongshangyinhang": "alias", "icbccomcn": "joined"}


def test_alias_with_a_plus_needs_bait() -> None:
    keys = keys_of((Brand("fictionpass.example", aliases=("etc+", "etcgaosu")),))
    assert {name: key.kind for name, key in keys.items()} == {
        "flctlonpass": "label", "etc": "baited", "etcgaosu": "alias", "flctlonpassexample": "joined",
    }  # fmt: skip


def test_brand_that_is_a_public_suffix_has_aliases_only() -> None:
    assert names_of(Brand("gov.cn", aliases=("govcn",))) == {"govcn": "alias"}


def test_first_brand_keeps_a_name_that_two_claim() -> None:
    keys = keys_of((Brand("one.com", aliases=("shared",)), Brand("shared.com")))
    assert keys["shared"].brand == 0


def test_ordinary_word_is_the_label_not_the_alias() -> None:
    keys = keys_of((Brand("sc.com", aliases=("standardchartered",), match_requirement="word"),))
    assert (keys["sc"].match_requirement, keys["standardchartered"].match_requirement) == ("word", "")


@pytest.mark.parametrize(("name", "letters"), [("smbonline", 3), ("bankofabc", 3), ("taobao", 6), ("online", 6)])
def test_generic_words_are_not_a_names_own_letters(name: str, letters: int) -> None:
    assert core(name, frozenset({"online", "bankof"})) == letters


def test_companion_words_have_classes() -> None:
    assert companions()["kefu"] & BAIT


def test_rows_are_packed_one_after_another() -> None:
    text, starts = pack_rows(["ab", "", "c"])
    assert (bytes(text), starts.tolist()) == (b"abc", [0, 2, 2, 3])


def test_indexes_are_built_for_every_brand() -> None:
    names = build((BANK,), no_restrictions((BANK,)))
    assert names.allowed.shape == (1, GROUPS)
    assert names.key_brand.tolist() == [0, 0, 0]
    assert names.gov_brand == -1

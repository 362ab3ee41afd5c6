"""Groups stay whole, labels are spread evenly, and near-duplicate texts are found."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fanzha.learn.split import folds, near_duplicates

LOAN = "【某某金融】尊敬的客户，您的额度已提升至{}元，点击链接即可提现，退订回复T"


@given(st.integers(0, 300), st.integers(2, 6), st.integers(20, 200))
def test_no_group_stands_on_two_sides(seed: int, count: int, rows: int) -> None:
    chance = np.random.default_rng(seed)
    labels, groups = chance.integers(0, 2, rows), chance.integers(0, 15, rows).astype(object)
    fold = folds(labels, groups, count, seed=seed)
    assert fold.min() >= 0 and fold.max() < count
    assert all(len(set(fold[groups == group])) == 1 for group in set(groups))


@given(st.integers(0, 300), st.integers(2, 6))
def test_labels_are_spread_evenly(seed: int, count: int) -> None:
    labels = np.random.default_rng(seed).choice(["normal", "prize", "fake_loan"], 120, p=[0.6, 0.3, 0.1]).astype(object)
    fold = folds(labels, None, count, seed=seed)
    for label in set(labels):
        sizes = np.bincount(fold[labels == label], minlength=count)
        assert sizes.max() - sizes.min() <= 1


def test_same_seed_gives_the_same_folds_and_another_seed_others() -> None:
    labels = np.arange(100) % 2
    assert (folds(labels, None, 5, seed=1) == folds(labels, None, 5, seed=1)).all()
    assert (folds(labels, None, 5, seed=1) != folds(labels, None, 5, seed=2)).any()


def test_texts_that_differ_in_digits_spaces_or_a_word_are_one_group() -> None:
    other = "完全不同的一条短信，约你明天吃饭"
    groups = near_duplicates([*map(LOAN.format, (50_000, 80_000, "8 00")), LOAN.format(1) + "谢谢", other])
    assert len(set(groups[:4].tolist())) == 1
    assert groups[4] != groups[0]


def test_different_texts_stay_apart() -> None:
    chance = np.random.default_rng(0)
    texts = ["".join(chr(0x4E00 + c) for c in chance.integers(0, 3_000, 40)) for _ in range(300)]
    assert len(set(near_duplicates(texts).tolist())) == 300


def test_short_and_empty_texts_are_grouped_by_equality() -> None:
    groups = near_duplicates(["好", "", "好", "不", "", "ok", "OK"])
    assert groups[0] == groups[2] and groups[1] == groups[4] and groups[5] == groups[6]
    assert len(set(groups.tolist())) == 4


@given(st.lists(st.text(max_size=30), max_size=20))
def test_any_texts_can_be_grouped_and_equal_ones_are_one(texts: list[str]) -> None:
    groups = near_duplicates(texts)
    assert len(groups) == len(texts)
    for first, second in zip(texts, texts[::-1], strict=True):
        if first == second:
            assert groups[texts.index(first)] == groups[len(texts) - 1 - texts[::-1].index(second)]

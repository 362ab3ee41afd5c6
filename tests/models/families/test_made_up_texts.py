"""The made-up texts are of both sorts and many writers, and the test part stays apart."""

from collections import Counter

import numpy as np

from fanzha.analyze.labelled_files import read_table
from fanzha.models._model import DATA
from fanzha.models.families.made_up_texts import (
    TEST_KINDS,
    TEST_WRITERS,
    kind_folds,
    list_test_texts,
    load_made_up_disguises,
    load_made_up_texts,
    training_texts,
    writer_folds,
)

TEXTS = load_made_up_texts()


def test_there_are_many_writers_kinds_and_families() -> None:
    assert len(TEXTS) == len({text.text for text in TEXTS}) >= 6_000
    assert len({text.writer for text in TEXTS}) >= 8
    frauds = Counter(text.kind for text in TEXTS if text.fraud)
    families = Counter(text.kind for text in TEXTS if not text.fraud)
    assert len(frauds) >= 50 and min(frauds.values()) >= 60
    assert len(families) >= 40 and min(families.values()) >= 100


def test_the_file_reads_the_same_as_a_labelled_file() -> None:
    assert read_table(DATA / "made_up_texts.tsv")["text"].to_pylist() == [text.text for text in TEXTS]


def test_training_and_test_part_share_neither_writers_nor_new_kinds() -> None:
    assert {text.writer for text in list_test_texts()} == TEST_WRITERS
    assert not TEST_WRITERS & {text.writer for text in training_texts()}
    assert not TEST_KINDS & {text.kind for text in training_texts()}
    assert {text.kind for text in list_test_texts()} >= TEST_KINDS


def test_a_fold_of_writers_is_one_writer() -> None:
    texts = training_texts()
    fold = writer_folds(texts)
    assert all(len({texts[row].writer for row in np.flatnonzero(fold == number)}) == 1 for number in set(fold))


def test_a_fraud_and_its_twin_are_in_one_fold_of_kinds() -> None:
    texts = training_texts()
    fold = kind_folds(texts)
    of_pair: dict[tuple[str, str], int] = {}
    for text, number in zip(texts, fold, strict=True):
        if text.fraud and text.pair:
            of_pair[text.writer, text.pair] = int(number)
    twins = [
        (of_pair[text.writer, text.pair], int(number))
        for text, number in zip(texts, fold, strict=True)
        if not text.fraud and (text.writer, text.pair) in of_pair
    ]
    assert len(twins) > 1_000 and all(first == second for first, second in twins)


def test_each_disguise_differs_from_its_plain_text() -> None:
    rows = load_made_up_disguises()
    assert len(rows) > 400 and all(row.plain != row.disguised and row.trick for row in rows)

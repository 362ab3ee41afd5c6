"""The made-up texts: frauds and innocent look-alikes by several writers, with the split that was fixed before training.

Every text was written by hand for this project; none is real. A fraud and its innocent twin (same situation and similar
words, another demand) share a number. Texts must be split by writer or by kind, never at random: the twins and the
habits of one writer would leak.
"""

import csv
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: The test part, scored once a release: all texts of these writers, among them the only ones of `TEST_KINDS`.
TEST_WRITERS = frozenset({"L", "M", "S"})
#: Kinds of fraud that only the test part has.
TEST_KINDS = frozenset(
    {
        "国补/以旧换新",
        "贴条扫码",
        "考试包过/改分",
        "移民签证代办",
        "线下取现/黄金寄递",
        "AI课程/代理加盟",
        "假法院传票/电子送达",
        "代理退保/代理维权",
    }
)
#: Parts into which kinds are dealt out.
KIND_FOLDS = 5


class MadeUpText(NamedTuple):
    """One made-up text."""

    writer: str  # a letter
    kind: str  # of fraud (Chinese), or innocent family (English)
    fraud: int  # 1 or 0
    channel: str  # sms, call, chat, group_chat, comment, email, push
    language: str  # zh, zh-Hant, en
    demands: str  # letters of what the text asks of its reader; "" if not annotated, "-" for none
    pair: str  # number shared with the twin, unique within a writer; "" without a twin
    trick: str  # how the text is disguised, "" if it is not
    text: str


@cache
def load_made_up_texts() -> tuple[MadeUpText, ...]:
    """Return all made-up texts, those of the test part included."""
    return tuple(MadeUpText(row[0], row[1], int(row[2]), *row[3:]) for row in _rows("made_up_texts.tsv"))


def training_texts() -> tuple[MadeUpText, ...]:
    """Return the texts that models may learn from: all but the test part."""
    return tuple(text for text in load_made_up_texts() if text.writer not in TEST_WRITERS)


def list_test_texts() -> tuple[MadeUpText, ...]:
    """Return the test part."""
    return tuple(text for text in load_made_up_texts() if text.writer in TEST_WRITERS)


def writer_folds(texts: Sequence[MadeUpText]) -> NDArray[np.int64]:
    """Return the fold of each text, one fold for each writer."""
    return np.unique([text.writer for text in texts], return_inverse=True)[1].astype(np.int64)


def kind_folds(texts: Sequence[MadeUpText]) -> NDArray[np.int64]:
    """Return the fold of each text by its kind; the innocent twin of a fraud is in the fold of the fraud.

    Kinds are dealt out in the order of their names, frauds and innocent families apart.
    """
    kind_of_pair = {(text.writer, text.pair): text.kind for text in texts if text.fraud and text.pair}
    kinds = [
        text.kind if text.fraud or not text.pair else kind_of_pair.get((text.writer, text.pair), text.kind)
        for text in texts
    ]
    frauds = sorted({text.kind for text in texts if text.fraud})
    families = sorted({text.kind for text in texts if not text.fraud})
    fold = {kind: number % KIND_FOLDS for names in (frauds, families) for number, kind in enumerate(names)}
    return np.array([fold[kind] for kind in kinds], np.int64)


class MadeUpDisguise(NamedTuple):
    """A made-up fraud text as sent, disguised, and the same text plain."""

    writer: str
    trick: str
    plain: str
    disguised: str


@cache
def load_made_up_disguises() -> tuple[MadeUpDisguise, ...]:
    """Return all disguised texts, those of the writers of the test part included; models do not learn from them."""
    return tuple(MadeUpDisguise(*row) for row in _rows("made_up_disguises.tsv"))


def _rows(name: str) -> list[list[str]]:
    """Return the rows of a tab-separated file of the package without its header."""
    lines = files("fanzha.models").joinpath(f"data/{name}").read_text("utf-8").splitlines()
    return list(csv.reader(lines[1:], delimiter="\t", quoting=csv.QUOTE_NONE))

"""Turn the labels of several files into what a model learns and is judged by: yes or no, or classes."""

import re
from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.analyze.labelled import Rows
from fanzha.base.errors import WrongCall
from fanzha.models import Examples

#: Label values that say yes or no by themselves, lower case; spam says yes only where no label says fraud.
YES = ("1", "true", "yes", "fraud", "phishing", "smishing", "scam", "诈骗", "欺诈", "涉诈", "是")
WEAKER_YES = ("spam", "bad", "malicious", "垃圾短信", "垃圾")
NO = ("0", "false", "no", "ham", "normal", "legitimate", "benign", "innocent", "正常", "非诈骗", "否")


class Taken(NamedTuple):
    """Labelled rows, whether they are yes or no, and what the reader of a result must know of how they were taken."""

    examples: Examples
    yes_no: bool
    notes: tuple[str, ...]


def is_yes_no(answers: str, files: Sequence[Rows]) -> bool:
    """Decide what is asked: what the model answers; if either, what the labels hold."""
    if answers != "either":
        return answers == "yes_no"
    if any(rows.given.positive or rows.given.innocent or rows.labels is None for rows in files):
        return True
    values = {_plain(label) for rows in files for label in rows.labels or () if label is not None}
    return values <= {*YES, *WEAKER_YES, *NO} or (len(values) == 2 and bool(values & {*YES, *WEAKER_YES}))


def taken(files: Sequence[Rows], *, yes_no: bool, columns: Sequence[str] | None) -> Taken:
    """Put the rows of several files together; rows without a label are left out and counted in the notes.

    columns: those to keep, None for all.
    """
    parts = [_part(rows, yes_no) for rows in files]
    kept = [np.array([label is not None for label in labels], bool) for labels, _ in parts]
    tables = [_chosen(rows.table, columns).filter(pa.array(keep)) for rows, keep in zip(files, kept, strict=True)]
    labels = list(chain.from_iterable(labels for labels, _ in parts))
    sources = np.repeat(np.array([str(rows.given.path) for rows in files], object), [int(keep.sum()) for keep in kept])
    examples = Examples(
        table=pa.concat_tables(tables, promote_options="permissive"),
        labels=np.array([label for label in labels if label is not None], object),
        groups=_groups(files, kept),
        sources=sources,
    )
    if not examples.table.num_rows:
        raise WrongCall("no labelled row was read", fix="see the notes: " + "; ".join(chain(*(n for _, n in parts))))
    return Taken(examples, yes_no, tuple(chain.from_iterable(notes for _, notes in parts)))


def _part(rows: Rows, yes_no: bool) -> tuple[list[Any], list[str]]:
    """Return the labels of one file (None = leave the row out) and notes on how they were taken."""
    name, raw = "/".join(rows.given.path.parts[-2:]), rows.labels
    if raw is None:
        if rows.given.innocent:
            return [0] * rows.table.num_rows, []
        if not yes_no:
            raise WrongCall(f"{rows.given.path} has no labels", fix="name the column: FILE:label=COLUMN")
        return [1] * rows.table.num_rows, [f"{name} has no labels: every row counts as fraud"]
    missing = sum(label is None for label in raw)
    notes = [f"{name}: {missing} rows without a label left out"] if missing else []
    if not yes_no:
        return list(raw), notes
    positive = _positive(rows, {label for label in raw if label is not None})
    labels = [None if label is None else int(_plain(label) in positive) for label in raw]
    if rows.given.innocent:
        if frauds := sum(label == 1 for label in labels):
            notes.append(f"{name}: {frauds} rows labelled as fraud are not innocent and were left out")
        return [None if label == 1 else label for label in labels], notes
    shown = sorted({label for label in raw if label is not None and _plain(label) in positive})
    return labels, notes + ([] if shown in (["1"], []) else [f"{name}: {' | '.join(shown)} counts as fraud"])


def _positive(rows: Rows, values: set[str]) -> set[str]:
    """Return the plain label values of one file that count as 1."""
    plain = {_plain(value) for value in values}
    asked = {_plain(value) for value in rows.given.positive if value != "*"}
    fix = f"write {rows.given.path.name}:positive=VALUE (a|b for several, * for every row)"
    if asked - plain and not rows.given.innocent:
        raise WrongCall(f"{rows.given.path} has no label {sorted(asked - plain)[0]!r}; it has: {_few(values)}", fix=fix)
    if asked:
        return asked
    for words in (YES, WEAKER_YES):
        if plain & set(words):
            return plain & set(words)
    if plain <= set(NO):
        return set()
    raise WrongCall(f"which labels of {rows.given.path} count as fraud? It has: {_few(values)}", fix=fix)


def _plain(label: str) -> str:
    """Return a label as it is compared: lower case, 1.0 as 1."""
    return re.sub(r"^(-?\d+)\.0+$", r"\1", label.strip().lower())


def _few(values: set[str]) -> str:
    return ", ".join(sorted(values)[:15]) + (" …" if len(values) > 15 else "")


def _chosen(table: pa.Table, columns: Sequence[str] | None) -> pa.Table:
    return table if columns is None else table.select(list(columns))


def _groups(files: Sequence[Rows], kept: Sequence[NDArray[np.bool_]]) -> NDArray[np.object_] | None:
    if any(rows.groups is None for rows in files):
        return None
    groups = [np.array(rows.groups, object)[keep] for rows, keep in zip(files, kept, strict=True)]
    return np.concatenate(groups)

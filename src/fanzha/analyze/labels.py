"""Convert the labels of several files to the labels of a model: yes or no, or classes."""

import re
from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.analyze.labelled_files import LabelledRows
from fanzha.base.errors import UsageError
from fanzha.models import Examples

#: Label values that mean yes or no, in lower case; `WEAKER_YES` means yes only if no label of `YES` occurs.
YES = ("1", "true", "yes", "fraud", "phishing", "smishing", "scam", "诈骗", "欺诈", "涉诈", "是")
WEAKER_YES = ("spam", "bad", "malicious", "垃圾短信", "垃圾")
NO = ("0", "false", "no", "ham", "normal", "legitimate", "benign", "innocent", "正常", "非诈骗", "否")


class LabelledExamples(NamedTuple):
    """Labelled rows, whether their labels are yes or no, and notes on how they were read."""

    examples: Examples
    yes_no: bool
    notes: tuple[str, ...]


def is_yes_no(answers: str, files: Sequence[LabelledRows]) -> bool:
    """Return whether labels are yes or no: as the model answers, or if it answers either, as the labels look."""
    if answers != "either":
        return answers == "yes_no"
    if any(rows.file.positive or rows.file.innocent or rows.labels is None for rows in files):
        return True
    values = {_normalize(label) for rows in files for label in rows.labels or () if label is not None}
    return values <= {*YES, *WEAKER_YES, *NO} or (len(values) == 2 and bool(values & {*YES, *WEAKER_YES}))


def collect_examples(files: Sequence[LabelledRows], *, yes_no: bool, columns: Sequence[str] | None) -> LabelledExamples:
    """Concatenate the rows of several files; rows without a label are left out and counted in the notes.

    columns: the columns to keep, None for all.
    """
    parts = [_file_labels(rows, yes_no) for rows in files]
    masks = [np.array([label is not None for label in labels], bool) for labels, _ in parts]
    tables = [
        _select_columns(rows.table, columns).filter(pa.array(mask)) for rows, mask in zip(files, masks, strict=True)
    ]
    labels = list(chain.from_iterable(labels for labels, _ in parts))
    sources = np.repeat(np.array([str(rows.file.path) for rows in files], object), [int(mask.sum()) for mask in masks])
    examples = Examples(
        table=pa.concat_tables(tables, promote_options="permissive"),
        labels=np.array([label for label in labels if label is not None], object),
        groups=_groups(files, masks),
        sources=sources,
    )
    if not examples.table.num_rows:
        notes = "; ".join(chain(*(notes for _, notes in parts)))
        raise UsageError("no labelled row was read", fix=f"see the notes: {notes}" if notes else "bring labelled rows")
    return LabelledExamples(examples, yes_no, tuple(chain.from_iterable(notes for _, notes in parts)))


def _file_labels(rows: LabelledRows, yes_no: bool) -> tuple[list[Any], list[str]]:
    """Return the labels of one file (None: leave the row out), and notes."""
    name, raw_labels = "/".join(rows.file.path.parts[-2:]), rows.labels
    if raw_labels is None:
        if rows.file.innocent:
            return [0] * rows.table.num_rows, []
        if not yes_no:
            raise UsageError(f"{rows.file.path} has no labels", fix="name the column: FILE:label=COLUMN")
        return [1] * rows.table.num_rows, [f"{name} has no labels: every row counts as fraud"]
    missing = sum(label is None for label in raw_labels)
    notes = [f"{name}: {missing} rows without a label left out"] if missing else []
    if not yes_no:
        return list(raw_labels), notes
    positive = _positive_values(rows, {label for label in raw_labels if label is not None})
    labels = [None if label is None else int(_normalize(label) in positive) for label in raw_labels]
    if rows.file.innocent:
        if frauds := sum(label == 1 for label in labels):
            notes.append(f"{name}: {frauds} rows labelled as fraud are not innocent and were left out")
        return [None if label == 1 else label for label in labels], notes
    counted_labels = sorted({label for label in raw_labels if label is not None and _normalize(label) in positive})
    return labels, notes + (
        [] if counted_labels in (["1"], []) else [f"{name}: {' | '.join(counted_labels)} counts as fraud"]
    )


def _positive_values(rows: LabelledRows, values: set[str]) -> set[str]:
    """Return the normalised label values of one file that count as 1."""
    normalized = {_normalize(value) for value in values}
    requested = {_normalize(value) for value in rows.file.positive if value != "*"}
    fix = f"write {rows.file.path.name}:positive=VALUE (a|b for several, * for every row)"
    if requested - normalized and not rows.file.innocent:
        raise UsageError(
            f"{rows.file.path} has no label {sorted(requested - normalized)[0]!r}; it has: {_preview(values)}", fix=fix
        )
    if requested:
        return requested
    for words in (YES, WEAKER_YES):
        if normalized & set(words):
            return normalized & set(words)
    if normalized <= set(NO):
        return set()
    raise UsageError(f"which labels of {rows.file.path} count as fraud? It has: {_preview(values)}", fix=fix)


def _normalize(label: str) -> str:
    """Normalise a label: lower case, 1.0 as 1."""
    return re.sub(r"^(-?\d+)\.0+$", r"\1", label.strip().lower())


def _preview(values: set[str]) -> str:
    return ", ".join(sorted(values)[:15]) + (" …" if len(values) > 15 else "")


def _select_columns(table: pa.Table, columns: Sequence[str] | None) -> pa.Table:
    return table if columns is None else table.select(list(columns))


def _groups(files: Sequence[LabelledRows], masks: Sequence[NDArray[np.bool_]]) -> NDArray[np.object_] | None:
    if any(rows.groups is None for rows in files):
        return None
    groups = [np.array(rows.groups, object)[mask] for rows, mask in zip(files, masks, strict=True)]
    return np.concatenate(groups)

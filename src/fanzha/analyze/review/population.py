"""The rows from which a sample is drawn: findings, texts below the threshold, or the rows of any table."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet as pq
from numpy.typing import NDArray

from fanzha.analyze.labelled_files import LabelledFile, as_text, parse_labelled_file, read_rows, read_table
from fanzha.analyze.monitoring.findings_table import read_findings
from fanzha.base.errors import NothingUsable, UsageError
from fanzha.base.masking import mask_numbers
from fanzha.events import all_events
from fanzha.learn.sample_review import BELOW

pc: Any = pyarrow.compute  # the type stubs lose track in nested calls

FINDING_STRATA = ("detector", "fraud_type")
MAX_STRATA = 200


@dataclass(frozen=True)
class Population:
    """Rows to draw from: what markers see, a reference of each row, and its stratum by number."""

    shown: pa.Table  # string columns
    references: list[str]  # finding_id, or the row number in the file
    strata: NDArray[np.int64]
    names: list[dict[str, str]]  # of each stratum: column -> value
    detectors: int = 0  # how many detectors the findings are of; 0 for another table


def read_population(paths: Sequence[Path], by: Sequence[str] = (), detectors: Sequence[str] = ()) -> Population:
    """Read findings, or one table. Raise UsageError or NothingUsable.

    Findings are shown by kind and text or subject, never with score, detector or type. Of a table all columns are
    shown that are no stratum. `by` names the columns of the strata.
    """
    is_table = len(paths) == 1 and paths[0].is_file() and not _is_findings(paths[0])
    if is_table:
        table = read_table(paths[0])
        shown = table.drop_columns([name for name in by if name in table.column_names])
        references = [str(number) for number in range(1, table.num_rows + 1)]
    else:
        table = read_findings(paths, detectors=detectors)
        content = pc.coalesce(table["text"], table["subject"])
        shown = pa.table({"kind": table["subject_kind"], "content": content})
        references = [str(value) for value in table["finding_id"].to_pylist()]
        by = by or FINDING_STRATA
    if not table.num_rows:
        raise NothingUsable("there is no row to draw from 没有可抽取的行")
    strata, names = _number_strata(table, by)
    texts = {name: pc.fill_null(as_text(shown[name]), "") for name in shown.column_names}
    detector_count = 0 if is_table else pc.count_distinct(table["detector"]).as_py()
    return Population(pa.table(texts), references, strata, names, detector_count)


def add_texts_below(population: Population, spec: str) -> Population:
    """Add the texts of `FILE` or `FILE:text=COLUMN` as a stratum of their own; long numbers are masked.

    Raise UsageError for findings of several detectors: the texts are below the threshold of one of them.
    """
    file = parse_labelled_file(spec, LabelledFile(Path()))
    texts = read_rows(file, all_events()["message"].column("text").aliases).table["text"].to_pylist()
    if not texts:
        raise NothingUsable(f"{file.path} holds no text 没有文本")
    if population.shown.column_names != ["kind", "content"]:
        raise UsageError(
            "--below belongs to findings 仅用于线索", fix="name findings of fanzha analyze 请给出 fanzha analyze 的线索"
        )
    if population.detectors > 1:
        raise UsageError(
            "--below is for one detector, and the findings are of several 仅用于一个检测器，而线索来自多个检测器",
            fix="name it: --detector fraud-text 请用 --detector 指明",
        )
    content = [mask_numbers(str(text)) for text in texts]
    below = pa.table({"kind": ["message"] * len(content), "content": content})
    return Population(
        pa.concat_tables([population.shown, below], promote_options="permissive"),
        [*population.references, *(f"{BELOW}:{number}" for number in range(1, len(content) + 1))],
        np.concatenate([population.strata, np.full(len(content), len(population.names))]),
        [*population.names, {BELOW: file.path.name}],
        population.detectors,
    )


def _is_findings(path: Path) -> bool:
    try:
        return path.suffix in (".parquet", ".pq") and "finding_id" in pq.read_schema(path).names
    except pa.ArrowInvalid:
        return False  # read_table says what is wrong


def _number_strata(table: pa.Table, by: Sequence[str]) -> tuple[NDArray[np.int64], list[dict[str, str]]]:
    """Return the stratum of each row, and the values of each stratum by column."""
    if missing := [name for name in by if name not in table.column_names]:
        fix = f"name one of 可用的列：{', '.join(table.column_names)}"
        raise UsageError(f"there is no column {missing[0]!r} 没有此列", fix=fix)
    if not by:
        return np.zeros(table.num_rows, np.int64), [{}]
    columns = [pc.fill_null(as_text(table[name]), "") for name in by]
    keys = pc.binary_join_element_wise(*columns, "\x1f").combine_chunks().dictionary_encode()
    if len(keys.dictionary) > MAX_STRATA:
        raise UsageError(
            f"{len(keys.dictionary)} strata are too many 层数过多",
            fix="name columns with fewer values in --by 请在 --by 中用取值较少的列",
        )
    names = [dict(zip(by, str(key).split("\x1f"), strict=True)) for key in keys.dictionary.to_pylist()]
    return keys.indices.to_numpy().astype(np.int64), names

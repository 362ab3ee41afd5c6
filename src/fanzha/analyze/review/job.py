"""Draw a sample to a folder, and read the marks back: agreement, shares by stratum, precision with its interval."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa

from fanzha import __version__
from fanzha.analyze.review.population import Population
from fanzha.base.errors import UsageError
from fanzha.base.people import name_key
from fanzha.learn.agreement import draw_stratified
from fanzha.learn.review_sheets import copy_rows, parse_marks, render_sheet
from fanzha.learn.sample_review import (
    ReviewResult,
    Sample,
    SampledItem,
    SampledStratum,
    name_item,
    summarize_review,
)
from fanzha.store.private_files import write_private_file

SAMPLE, FIRST, SECOND, THIRD = "sample.json", "first.csv", "second.csv", "third.csv"


def draw_sample(
    population: Population, out: Path, size: int, seed: int, marks: Sequence[str], *, force: bool = False
) -> Sample:
    """Draw a sample and write it with two sheets to the folder.

    Raise UsageError if the folder holds a sample or a sheet; with `force` all of them are replaced.
    """
    held = [name for name in (SAMPLE, FIRST, SECOND, THIRD) if (out / name).exists()]
    if held and not force:
        raise UsageError(
            f"{out} holds a sample ({', '.join(held)}) 已有样本",
            fix="name another folder, or give --force to replace it 请换一个目录，或加 --force 覆盖",
        )
    if len(set(marks)) < 2:
        raise UsageError("at least two marks are needed 至少要有两种判定", fix="write --marks fraud,innocent")
    rows = draw_stratified(population.strata, size, seed)
    strata = population.strata[rows]
    items = [
        SampledItem(name_item(seed, population.references[row]), population.references[row], int(stratum))
        for row, stratum in zip(rows.tolist(), strata.tolist(), strict=True)
    ]
    sizes = np.bincount(population.strata, minlength=len(population.names)).tolist()
    drawn = np.bincount(strata, minlength=len(population.names)).tolist()
    listed = [SampledStratum(*row) for row in zip(population.names, sizes, drawn, strict=True)]
    sample = Sample(__version__, seed, list(marks), listed, items)
    shown = population.shown.take(pa.array(rows.tolist(), pa.int64()))
    names = [item.item for item in items]
    for place, sheet in enumerate((FIRST, SECOND)):
        write_private_file(out / sheet, render_sheet(names, shown, seed + place))
    (out / THIRD).unlink(missing_ok=True)
    write_private_file(out / SAMPLE, msgspec.json.format(msgspec.json.encode(sample), indent=1))
    return sample


def review(folder: Path, markers: Sequence[str], third: str = "") -> ReviewResult:
    """Read both sheets; where they differ read the third, or write it for the `third` marker to fill in.

    Raise UsageError if two markers are one person or not named, or a sheet is not complete.
    """
    people = [*markers, third] if third else list(markers)
    names = {name_key(name) for name in people}
    if len(people) < 2 or len(names) < len(people) or "" in names:
        raise UsageError("the markers must be different people 判定人须为不同的人", fix="name each of them 请逐一写明")
    sample = _read_sample(folder)
    items = [item.item for item in sample.items]
    first, second = (_read_marks(folder / sheet, sample.marks, items) for sheet in (FIRST, SECOND))
    differing, settled = [item for item in items if first[item] != second[item]], dict[str, str]()
    if differing and third and (folder / THIRD).is_file():
        settled = _read_marks(folder / THIRD, sample.marks, differing)
    elif differing and not (folder / THIRD).is_file():
        write_private_file(folder / THIRD, copy_rows((folder / FIRST).read_bytes(), set(differing)))
    return summarize_review(sample, first, second, settled, people)


def _read_marks(path: Path, marks: Sequence[str], items: Sequence[str]) -> dict[str, str]:
    if not path.is_file():
        raise UsageError(f"there is no {path} 没有此文件", fix="put the marked sheet there 请将判定表放在此处")
    return parse_marks(path.read_bytes(), marks, items, str(path))


def _read_sample(folder: Path) -> Sample:
    try:
        return msgspec.json.decode((folder / SAMPLE).read_bytes(), type=Sample)
    except (OSError, msgspec.MsgspecError):
        raise UsageError(
            f"{folder} holds no {SAMPLE} 其中没有样本", fix="name the folder of fanzha sample draw 请给出抽样时的目录"
        ) from None

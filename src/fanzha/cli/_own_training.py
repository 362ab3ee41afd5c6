"""Train a model on the operator's own cases, approve it, and print its card."""

import datetime
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fanzha.analyze.evaluate import find_model
from fanzha.analyze.labelled_files import LabelledFile, parse_labelled_file
from fanzha.analyze.own_training import OwnTrainingRequest, train_on_own_cases
from fanzha.learn.card import Figures
from fanzha.models.families.own_model import OwnModelCard
from fanzha.store.own_models import approve_own_model

_SHOWN = ("auc", "recall_at_1pct", "recall_at_0.1pct", "precision")


def train_own(name: str, files: Sequence[str], basis: str, by: str, approved_by: str, force: bool) -> None:
    """Train, store and print; without `approved_by` the model waits."""
    labelled = tuple(parse_labelled_file(file, LabelledFile(Path())) for file in files)
    request = OwnTrainingRequest(find_model(name), labelled, basis, by, approved_by, force)
    with Console(stderr=True).status("") as status:
        card = train_on_own_cases(request, _today(), lambda words: status.update(f"{name}: {words.zh} {words.en}"))
    print_own_card(Console(), card)


def approve(name: str, approved_by: str) -> None:
    """Approve the own model that waits, and print its card."""
    print_own_card(Console(), approve_own_model(find_model(name).name, approved_by, _today()))


def print_own_card(console: Console, card: OwnModelCard) -> None:
    """Print figures beside those of the model in use before, alarms among innocent families, and the state."""
    table = Table(f"{card.name} {card.tag}", *_SHOWN)
    table.add_row("自有案例 with own cases", *_cells(card.figures))
    table.add_row("此前所用 in use before", *_cells(card.replaced_figures))
    console.print(table)
    console.print(f"诈骗 frauds {card.frauds:,} · 正常 innocent {card.innocents:,}")
    alarms, texts = sum(row.alarms for row in card.families), sum(row.texts for row in card.families)
    console.print(f"内置正常文本的误报 alarms among the shipped innocent texts: {alarms}/{texts}")
    for row in card.families:
        if row.alarms:
            console.print(Text(f"  {row.family}: {row.alarms}/{row.texts}"))
    retention = card.retention
    console.print(
        f"内置诈骗文本检出 shipped fraud texts found: {retention.found}/{retention.texts} "
        f"(此前 before: {retention.found_before})"
    )
    if card.approved_by:
        console.print(Text(f"已由 {card.approved_by} 批准，检测器将使用 · approved by {card.approved_by}: in use"))
    else:
        console.print(
            "待另一人批准后使用 · waits for a second person: fanzha train MODEL --approved-by NAME", markup=False
        )


def _cells(figures: Figures) -> list[str]:
    return [_cell(figures.get(name), figures.get(f"{name}_ci95")) for name in _SHOWN]


def _cell(value: object, interval: object) -> str:
    if not isinstance(value, float):
        return "–"
    ends = f" ({interval[0]:.3f}–{interval[1]:.3f})" if isinstance(interval, list) else ""
    return f"{value:.3f}{ends}"


def _today() -> str:
    return datetime.datetime.now(datetime.UTC).date().isoformat()

"""`fanzha train`: rebuild the shipped models from public data, or train a model on the operator's own cases."""

import datetime
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from fanzha.analyze.train import RebuiltModel
    from fanzha.learn.card import Card
    from fanzha.models import Model

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_SHOWN = ("auc", "macro_f1", "recall_at_1pct", "recall_at_0.1pct")


@click.command("train")
@click.argument("names", nargs=-1, metavar="[MODEL]...")
@click.option("--data", type=_FOLDER, help="Folder of the data sets.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write here, not into the package.")
@click.option("--force", is_flag=True, help="Replace weights and cards in --out, or an own model that is better.")
@click.option("--check", is_flag=True, help="Write nothing; end with status 4 when a figure differs from the card.")
@click.option("--own", multiple=True, metavar="FILE", help="Your own labelled cases; FILE:text=COLUMN,label=COLUMN.")
@click.option("--basis", default="", metavar="TEXT", help="With --own: the legal basis of using these texts.")
@click.option("--by", default="", metavar="NAME", help="With --own: who trains.")
@click.option("--approved-by", default="", metavar="NAME", help="Who approves the own model: another person.")
def COMMAND(
    names: tuple[str, ...],
    data: Path | None,
    out: Path | None,
    force: bool,
    check: bool,
    own: tuple[str, ...],
    basis: str,
    by: str,
    approved_by: str,
) -> None:
    """Rebuild models, or train on your own cases. 用公开数据重建模型，或用自有案例训练。

    With --data the shipped models (without MODEL all of them); the figures of the cards are by folds on the public data
    alone. With --own a model of your own in the state folder, which detectors use once a second person approved it:
    together, or later with --approved-by alone.
    """
    if own or (approved_by and data is None):
        from fanzha.cli._own_training import approve, train_own

        if len(names) != 1 or data or out or check:
            raise click.UsageError("with --own or --approved-by name one MODEL, and no --data, --out or --check")
        return train_own(names[0], own, basis, by, approved_by, force) if own else approve(names[0], approved_by)
    if data is None:
        raise click.UsageError("name the folder of the data sets (--data), or your own cases (--own)")
    _rebuild_all(names, data, out, force, check)


def _rebuild_all(names: tuple[str, ...], data: Path, out: Path | None, force: bool, check: bool) -> None:
    from rich.console import Console

    from fanzha.analyze.evaluate import find_model
    from fanzha.analyze.train import CardDiffers
    from fanzha.models import all_models

    models = [find_model(name) for name in names or all_models()]
    if out is not None and not check and not force:
        _require_no_weights(models, out)
    differing: list[str] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) if check else out
        for model in models:
            rebuilt = _rebuild(model, data, folder or model.weights.parent)
            print_card(Console(), rebuilt.card)
            differing += [f"{model.name}: {line}" for line in rebuilt.differences or ()]
    for line in differing:
        click.echo(f"· {line}", err=True)
    if check and differing:
        raise CardDiffers(f"{len(differing)} figures differ from the committed cards", fix="see the lines above")


def _require_no_weights(models: list["Model"], out: Path) -> None:
    """Raise UsageError if the folder holds weights or a card of a model."""
    from fanzha.base.errors import UsageError
    from fanzha.models import card_beside

    for model in models:
        weights = out / model.weights.name
        if found := next((path for path in (weights, card_beside(weights)) if path.exists()), None):
            raise UsageError(
                f"{found} is there: another training wrote it 其中有另一次训练的结果",
                fix="name another folder, or give --force to replace it 请另选文件夹，或加 --force 覆盖",
            )


def _rebuild(model: "Model", data: Path, folder: Path) -> "RebuiltModel":
    from rich.console import Console

    from fanzha.analyze.train import train

    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    with Console(stderr=True).status("") as status:
        return train(
            model,
            data,
            folder,
            trained_on=today,
            report=lambda words: status.update(f"{model.name}: {words.zh} {words.en}"),
        )


def print_card(console: "Console", card: "Card") -> None:
    """Print the figures of a card, one row per measurement."""
    from rich.table import Table

    names = [name for name in _SHOWN if name in card.measured[0].figures]
    table = Table(card.name, *names, "行数 rows")
    for measured in card.measured:
        cells = [_cell(measured.figures.get(name), measured.figures.get(f"{name}_ci95")) for name in names]
        table.add_row(f"{measured.how.zh}\n{measured.how.en}", *cells, f"{measured.rows:,}")
    console.print(table)


def _cell(value: object, interval: object) -> str:
    if not isinstance(value, float):
        return "–"
    ends = f"\n{interval[0]:.3f}–{interval[1]:.3f}" if isinstance(interval, list) else ""
    return f"{value:.4f}{ends}"

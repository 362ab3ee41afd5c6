"""`fanzha evaluate`: evaluate a model on labelled rows."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import click

if TYPE_CHECKING:
    from fanzha.analyze.labelled_files import LabelledFile

_FILES = "FILE or FILE:text=COLUMN,label=COLUMN,positive=VALUE; several files may follow."


class TakesSeveral(click.Command):
    """A command whose options in `several` accept all words up to the next option (`--train a b c`)."""

    several: ClassVar[frozenset[str]] = frozenset({"--train", "--test", "--innocent", "--train-innocent"})

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Insert the option before each of its values."""
        return super().parse_args(ctx, list(repeated(args, self.several)))


def repeated(args: Sequence[str], several: frozenset[str]) -> Iterator[str]:
    """Expand `--train a b` to `--train a --train b`."""
    option = ""
    fresh = False
    for word in args:
        if word.startswith("-"):
            option, fresh = (word if word in several else ""), True
        elif option and not fresh:
            yield option
        else:
            fresh = False
        yield word


@click.command("evaluate", cls=TakesSeveral)
@click.argument("model", metavar="MODEL")
@click.option("--train", multiple=True, metavar="FILE...", help=f"Learn from these rows first. {_FILES}")
@click.option("--test", multiple=True, metavar="FILE...", help=f"Judge on these rows. {_FILES}")
@click.option("--innocent", multiple=True, metavar="FILE...", help="Add rows of label 0 to the test.")
@click.option("--train-innocent", multiple=True, metavar="FILE...", help="Add rows of label 0 to the training.")
@click.option("--text", metavar="COLUMN", help="The column with the text.")
@click.option("--label", metavar="COLUMN", help="The column with the label (default: label).")
@click.option("--positive", metavar="VALUE", help="The label value that counts as fraud; a|b for several.")
@click.option("--group", metavar="COLUMN", help="Rows that belong together, for intervals, folds and overlap.")
@click.option("--turns", type=click.IntRange(1), metavar="N", help="Judge on the first N turns of a conversation.")
@click.option("--obfuscate", is_flag=True, help="Disguise the frauds of the test as fraudsters do (texts; by --seed).")
@click.option("--top", type=click.IntRange(1), metavar="N", help="Also give the precision among the N highest scores.")
@click.option("--prevalence", type=float, metavar="SHARE", help="Share of fraud for --top (default: the test's own).")
@click.option(
    "--days",
    type=click.FloatRange(0, min_open=True),
    metavar="DAYS",
    help="Each row is one line over so many days: also give false alarms per million lines a day.",
)
@click.option("--folds", type=click.IntRange(2, 50), default=5, help="Without --test: judge the training by folds.")
@click.option("--seed", type=int, default=0, help="Seed of training and folds.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def COMMAND(
    model: str,
    train: tuple[str, ...],
    test: tuple[str, ...],
    innocent: tuple[str, ...],
    train_innocent: tuple[str, ...],
    text: str | None,
    label: str | None,
    positive: str | None,
    group: str | None,
    turns: int | None,
    obfuscate: bool,
    top: int | None,
    prevalence: float | None,
    days: float | None,
    folds: int,
    seed: int,
    as_json: bool,
) -> None:
    """Evaluate a model on labelled rows. 用带标签的数据评估模型。

    Without --train the shipped weights are evaluated; without --test the training set is cross-validated. Recall at a
    false-alarm rate is read off the curve of the test set; intervals are 95 % bootstrap intervals.
    """
    from rich.console import Console

    from fanzha.analyze.evaluate import EvaluationRequest, evaluate
    from fanzha.analyze.labelled_files import LabelledFile
    from fanzha.cli._evaluation_output import evaluation_as_json, print_evaluation
    from fanzha.learn.metrics import Top

    defaults = LabelledFile(
        Path(), text=text, label=label, positive=tuple((positive or "").split("|")) * bool(positive), group=group
    )
    request = EvaluationRequest(
        model=model,
        train=_files(train, train_innocent, defaults),
        test=_files(test, innocent, replace(defaults, first_turns=turns)),
        top=Top(top, prevalence) if top else None,
        folds=folds,
        obfuscate=obfuscate,
        days=days,
        seed=seed,
    )
    with Console(stderr=True, quiet=as_json).status("") as status:
        evaluation = evaluate(request, lambda words: status.update(f"{words.zh} {words.en}"))
    if as_json:
        click.echo(json.dumps(evaluation_as_json(evaluation), ensure_ascii=False, indent=1))
    else:
        print_evaluation(Console(), evaluation)


def _files(files: Sequence[str], innocent: Sequence[str], defaults: "LabelledFile") -> "tuple[LabelledFile, ...]":
    from fanzha.analyze.labelled_files import parse_labelled_file

    innocent_defaults = replace(defaults, positive=(), innocent=True)
    return (
        *(parse_labelled_file(file, defaults) for file in files),
        *(parse_labelled_file(file, innocent_defaults) for file in innocent),
    )

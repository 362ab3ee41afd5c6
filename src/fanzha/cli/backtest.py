"""`fanzha backtest`: run rules over history before they act."""

import re
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from fanzha.base.errors import UsageError
from fanzha.cli._input_options import InputOptions, input_options

_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*%")


@click.command("backtest")
@click.argument("words", nargs=-1, required=True, metavar="RULE... PATH...")
@click.option(
    "--labels", type=click.Path(exists=True, path_type=Path), help="Who is what: CSV, Parquet or a simulation."
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for report.html and hits.parquet."
)
@click.option("--subjects-an-hour", type=click.IntRange(min=0), help="Budget of every rule, instead of the settings'.")
@click.option("--share-of-trunk", metavar="PERCENT", help="Budget: findings by one trunk ÷ its calls in an hour.")
@input_options
@click.option("--store", is_flag=True, help="Keep the result in the state folder: a rule may act only after one.")
@click.option("--unmask", is_flag=True, help="Show subjects in full in the report and on the screen.")
@click.option("--force", is_flag=True, help="Replace what another run left in the --out folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the account as JSON.")
def COMMAND(
    words: tuple[str, ...],
    labels: Path | None,
    out: Path | None,
    subjects_an_hour: int | None,
    share_of_trunk: str | None,
    records: InputOptions,
    store: bool,
    unmask: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Run rules over history and report their hits, and the hits beyond their budget. 用历史数据回测规则。

    RULE is a file (*.rule), or the name of a rule of the state folder: its newest text. PATH is a file or folder of
    events, as `fanzha analyze` reads them. Two files that hold a rule of the same name are compared.
    Labels have the columns subject, label (fraud, victim, look_alike, innocent; or 1, 0), and if known from, until.
    """
    from rich.console import Console

    from fanzha.analyze.backtest.job import BacktestRequest, backtest, store_results
    from fanzha.analyze.backtest.job import as_json as to_json
    from fanzha.analyze.terminal import Progress, output_console
    from fanzha.cli._backtest_output import print_backtest

    rules, paths = split_arguments(words)
    with ExitStack() as stack:
        folder = out or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        request = BacktestRequest(
            rules=rules,
            paths=paths,
            out=folder,
            labels=labels,
            table=records.table,
            map_file=records.map_file,
            since=records.since,
            until=records.until,
            basis=records.basis,
            subjects_an_hour=subjects_an_hour,
            share_of_trunk=_share(share_of_trunk),
            unmask=unmask,
            lines=records.lines,
            accept=records.accept,
            overwrite=force,
        )
        with Progress(Console(stderr=True), quiet=as_json) as progress:
            result = backtest(request, progress)
    if store:
        store_results(rules, result)
    if as_json:
        click.echo(to_json(result).decode())
    else:
        print_backtest(output_console(), result, out)
    result.input.check(strict=False)


def split_arguments(words: tuple[str, ...]) -> tuple[tuple[tuple[str, bytes], ...], tuple[Path, ...]]:
    """Split arguments into rules (name, text) and paths; a rule is a file *.rule or the name of an operator's rule."""
    rules: list[tuple[str, bytes]] = []
    paths: list[Path] = []
    for word in words:
        path = Path(word)
        if path.suffix == ".rule" and path.is_file():
            rules.append((word, path.read_bytes()))
        elif path.exists():
            paths.append(path)
        else:
            rules.append((word, _operator_rule(word)))
    if not rules:
        raise UsageError("no rule is named", fix="name a file *.rule or a rule of `fanzha rules list` first")
    if not paths:
        raise UsageError("no history is named", fix="name files or folders of events behind the rules")
    return tuple(rules), tuple(paths)


def _operator_rule(name: str) -> bytes:
    """Return the newest text of an operator's rule. Raise UsageError."""
    from fanzha.store.rule_texts import RuleTexts

    texts = RuleTexts()
    newest = next((rule_text for rule_text in texts.list_texts(name) if rule_text.newest), None)
    if newest is None:
        raise UsageError(f"{name}: there is no such file, and no rule of that name", fix="see `fanzha rules list`")
    return texts.text(newest.text).encode()


def _share(text: str | None) -> float | None:
    if text is None:
        return None
    match = _SHARE.fullmatch(text.strip())
    if not match or float(match[1]) > 100:
        raise UsageError(f"not a share: {text!r}", fix="write 5%")
    return float(match[1]) / 100

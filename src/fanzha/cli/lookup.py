"""`fanzha lookup`: look up a number, link, domain or identity document."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click


@click.command("lookup")
@click.argument("value")
@click.option("--kind", help="Take VALUE as this kind (see `fanzha kinds`).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def COMMAND(value: str, kind: str | None, as_json: bool) -> None:
    """Look up a number, link, domain or identity document. 查询号码、网址、域名或证件。

    The kind is guessed. Facts come from the value alone; detectors run if a single value is enough for them.
    VALUE - is read from standard input, so that it stays out of the shell's history.
    Identity and card numbers are shown masked. Nothing found does not mean safe.
    """
    with _without_collector():
        _answer(sys.stdin.readline().strip() if value == "-" else value, kind, as_json)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Disable garbage collection: traversing the brand tables takes a quarter of the time of a look-up."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _answer(raw: str, kind: str | None, as_json: bool) -> None:
    from fanzha.analyze.lookup import as_json as to_json
    from fanzha.analyze.lookup import look_up
    from fanzha.store.numbering_tables import load_numbering_tables

    results = look_up(raw, kind, load_numbering_tables())
    if as_json:
        click.echo(to_json(results).decode())
        return
    from rich.console import Console

    from fanzha.cli._lookup_output import print_lookup

    print_lookup(Console(), results)

"""`fanzha lookup`: look up a number, link, domain or identity document."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from fanzha.analyze.lookup import LookupResult
    from fanzha.claims import Finding

MAX_LENGTH, MAX_REASON_LENGTH = 120, 400


@click.command("lookup")
@click.argument("value", required=False)
@click.option("--kind", help="Take VALUE as this kind (see `fanzha kinds`).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--stream", is_flag=True, help="Read domain names, one a line; print imitations as JSON Lines.")
@click.option("--own", multiple=True, metavar="DOMAIN", help="With --stream: compare with this domain only; repeat it.")
def COMMAND(value: str | None, kind: str | None, as_json: bool, stream: bool, own: tuple[str, ...]) -> None:
    """Look up a number, link, domain or identity document. 查询号码、网址、域名或证件。

    The kind is guessed. Facts come from the value alone; detectors run if a single value is enough for them.
    VALUE - is read from standard input, so that it stays out of the shell's history.
    Identity and card numbers are shown masked. Nothing found does not mean safe.

    \b
    Which of the names registered today resemble ours?  今日新注册的域名哪些仿冒我方？
      fanzha lookup --stream --own fictionbank.example < names.txt
    """
    if stream == (value is not None) or (own and not stream):
        raise click.UsageError("give either VALUE, or --stream with --own as you like")
    if value is None:
        _answer_stream(own)
        return
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


def _answer_stream(own: tuple[str, ...]) -> None:
    """Print the imitations among the names of standard input, and their number at the end on standard error."""
    from fanzha.analyze.name_stream import match_stream
    from fanzha.base.errors import Malformed, UsageError
    from fanzha.brands import Matcher, matcher_of
    from fanzha.store.brands import load_brand_table

    try:
        matcher = matcher_of(own) if own else Matcher(load_brand_table())
    except Malformed as error:
        raise UsageError(f"--own: {error.reason} 不是域名", fix="write it as example.com 请写作 example.com") from None
    output = sys.stdout.buffer

    def write(lines: bytes) -> None:
        output.write(lines)
        output.flush()

    stdin = sys.stdin.buffer
    names, imitations = match_stream(getattr(stdin, "read1", stdin.read), write, matcher)
    click.echo(f"{imitations:,} / {names:,} 个名称仿冒 names imitate a brand", err=True)


def _answer(raw: str, kind: str | None, as_json: bool) -> None:
    from fanzha.analyze.lookup import as_json as to_json
    from fanzha.analyze.lookup import look_up
    from fanzha.store.numbering_tables import load_numbering_tables

    results = look_up(raw, kind, load_numbering_tables())
    if as_json:
        click.echo(to_json(results).decode())
        return
    from rich.console import Console

    print_lookup(Console(), results)


def print_lookup(console: "Console", results: "list[LookupResult]") -> None:
    """Print each kind that a value may be, with its facts and findings."""
    from rich.text import Text

    for result in results:
        title = result.kind.title
        head = Text.assemble((f"{title.zh} {title.en}", "bold"), "  ", visible(result.display))
        if result.likeness < 1:
            head.append(f"  （相似度 likeness {result.likeness:.2f}）", "dim")
        console.print(head)
        if result.facts:
            console.print(_build_fact_table(result))
        for finding in result.findings:
            console.print(_format_finding(finding))
        console.print()
    if not any(result.findings or _is_impossible(result) for result in results):
        console.print(Text("没有发现问题不等于安全。 Nothing found does not mean that it is safe.", "dim"))


def visible(text: str, max_length: int = MAX_LENGTH) -> str:
    """Shorten a text and replace characters that could control the terminal."""
    printable = "".join(character if character.isprintable() else " " for character in text[: max_length + 1])
    return printable if len(printable) <= max_length else printable[: max_length - 1] + "…"


def _is_impossible(result: "LookupResult") -> bool:
    return any(fact.name == "valid" and fact.value == "no" for fact in result.facts)


def _build_fact_table(result: "LookupResult") -> "Table":
    from rich.table import Column, Table
    from rich.text import Text

    columns = [Column(overflow="fold") for _ in range(3)]  # Chinese has no spaces to wrap at
    table = Table.grid(*columns, padding=(0, 2, 0, 0))
    for fact in result.facts:
        zh, en = visible(fact.words.zh), visible(fact.words.en)
        table.add_row(Text(f"  {fact.title.zh} {fact.title.en}", "dim"), Text(zh), Text("" if zh == en else en))
    return table


def _format_finding(finding: "Finding") -> "Text":
    from rich.text import Text

    text = Text.assemble((f"  ▲ {finding.score:.2f} ", "bold"), (finding.detector, "bold"), "\n")
    reasons = list(zip(finding.reasons_zh, finding.reasons_en, strict=False))
    if finding.sentence_zh and tuple(finding.sentence) not in reasons[:1]:
        reasons.insert(0, finding.sentence)
    for zh, en in reasons:
        text.append(f"    {visible(zh, MAX_REASON_LENGTH)}\n    {visible(en, MAX_REASON_LENGTH)}\n")
    text.rstrip()
    return text

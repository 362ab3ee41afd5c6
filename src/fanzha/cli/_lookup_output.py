"""Print the result of a look-up in a terminal."""

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from fanzha.analyze.lookup import LookupResult
from fanzha.claims import Finding

MAX_LENGTH, MAX_REASON_LENGTH = 120, 400


def print_lookup(console: Console, results: list[LookupResult]) -> None:
    """Print each kind that a value may be, with its facts and findings."""
    for result in results:
        title = result.kind.title
        head = Text.assemble((f"{title.zh} {title.en}", "bold"), "  ", visible(result.display))
        if result.likeness < 1:
            head.append(f"  （相似度 likeness {result.likeness:.2f}）", "dim")
        console.print(head)
        if result.facts:
            console.print(_facts(result))
        for finding in result.findings:
            console.print(_finding(finding))
        console.print()
    if not any(result.findings or _impossible(result) for result in results):
        console.print(Text("没有发现问题不等于安全。 Nothing found does not mean that it is safe.", "dim"))


def visible(text: str, max_length: int = MAX_LENGTH) -> str:
    """Shorten a text and replace characters that could control the terminal."""
    printable = "".join(character if character.isprintable() else " " for character in text[: max_length + 1])
    return printable if len(printable) <= max_length else printable[: max_length - 1] + "…"


def _impossible(result: LookupResult) -> bool:
    return any(fact.name == "valid" and fact.value == "no" for fact in result.facts)


def _facts(result: LookupResult) -> Table:
    columns = [Column(overflow="fold") for _ in range(3)]  # Chinese has no spaces to wrap at
    table = Table.grid(*columns, padding=(0, 2, 0, 0))
    for fact in result.facts:
        zh, en = visible(fact.words.zh), visible(fact.words.en)
        table.add_row(Text(f"  {fact.title.zh} {fact.title.en}", "dim"), Text(zh), Text("" if zh == en else en))
    return table


def _finding(finding: Finding) -> Text:
    text = Text.assemble((f"  ▲ {finding.score:.2f} ", "bold"), (finding.detector, "bold"), "\n")
    for zh, en in zip(finding.reasons_zh, finding.reasons_en, strict=False):
        text.append(f"    {visible(zh, MAX_REASON_LENGTH)}\n    {visible(en, MAX_REASON_LENGTH)}\n")
    text.rstrip()
    return text

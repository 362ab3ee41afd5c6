"""Show in a terminal what is known of a value."""

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from fanzha.analyze.lookup import Known
from fanzha.claims import Finding

_LONGEST, _LONGEST_REASON = 120, 400


def print_known(console: Console, known: list[Known]) -> None:
    """Print each kind a value resembles with its facts, and what detectors say of it."""
    for one in known:
        title = one.kind.title
        head = Text.assemble((f"{title.zh} {title.en}", "bold"), "  ", visible(one.shown))
        if one.likeness < 1:
            head.append(f"  （相似度 likeness {one.likeness:.2f}）", "dim")
        console.print(head)
        if one.facts:
            console.print(_facts(one))
        for finding in one.findings:
            console.print(_finding(finding))
        console.print()
    if not any(one.findings or _impossible(one) for one in known):
        console.print(Text("没有发现问题不等于安全。 Nothing found does not mean that it is safe.", "dim"))


def visible(text: str, most: int = _LONGEST) -> str:
    """Shorten a text from outside and drop what could steer a terminal."""
    shown = "".join(character if character.isprintable() else " " for character in text[: most + 1])
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def _impossible(one: Known) -> bool:
    return any(fact.name == "valid" and fact.value == "no" for fact in one.facts)


def _facts(one: Known) -> Table:
    columns = [Column(overflow="fold") for _ in range(3)]  # Chinese has no spaces to wrap at
    table = Table.grid(*columns, padding=(0, 2, 0, 0))
    for fact in one.facts:
        zh, en = visible(fact.words.zh), visible(fact.words.en)
        table.add_row(Text(f"  {fact.title.zh} {fact.title.en}", "dim"), Text(zh), Text("" if zh == en else en))
    return table


def _finding(finding: Finding) -> Text:
    text = Text.assemble((f"  ▲ {finding.score:.2f} ", "bold"), (finding.detector, "bold"), "\n")
    for zh, en in zip(finding.reasons_zh, finding.reasons_en, strict=False):
        text.append(f"    {visible(zh, _LONGEST_REASON)}\n    {visible(en, _LONGEST_REASON)}\n")
    text.rstrip()
    return text

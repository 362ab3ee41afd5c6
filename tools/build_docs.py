"""Write the reference pages from the code itself, so that they cannot say anything else than what runs.

Usage: python tools/build_docs.py docs/reference/generated
"""

import argparse
import importlib
import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import click

from fanzha.base.words import Words
from fanzha.claims.fraud_type import FRAUD_TYPES, VERSION
from fanzha.cli import fanzha
from fanzha.detect import Detector, Example, all_detectors
from fanzha.events import Column, all_events
from fanzha.events._table import ENVELOPE
from fanzha.kinds import all_kinds
from fanzha.models import Model, all_models

NOTE = "<!-- written by `make docs`; change the code, not this page -->"


def page(title: Words, intro: Words, parts: Iterable[str]) -> str:
    """Return a page: bilingual title and introduction, then the parts."""
    return "\n\n".join([f"# {title.en} {title.zh}", NOTE, intro.en, intro.zh, *parts]).rstrip() + "\n"


def table(head: list[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table; bars and line ends inside cells are made harmless."""
    lines = [head, ["---"] * len(head), *([cell(value) for value in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def cell(value: object) -> str:
    """Return one value as it stands in a table cell."""
    text = "" if value is None else ("yes" if value else "no") if isinstance(value, bool) else str(value)
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def first_sentence(room: str, name: str) -> str:
    """Return the first line of the docstring of a built-in plug-in's module: why it exists."""
    module = f"fanzha.{room}.{name.replace('-', '_')}"
    return (inspect.getdoc(importlib.import_module(module)) or "").splitlines()[0]


def commands() -> str:
    """Every command with its arguments and options."""
    context = click.Context(fanzha, info_name="fanzha")
    found = [(name, fanzha.get_command(context, name)) for name in fanzha.list_commands(context)]
    return page(
        Words("命令", "Commands"),
        Words("命令行上能做的一切；`fanzha 命令 --help` 给出同样的说明。", "All that the command line can do."),
        (command_part(name, command, context) for name, command in found if command),
    )


def command_part(name: str, command: click.Command, parent: click.Context) -> str:
    """One command: usage, what it does, its options."""
    context = click.Context(command, info_name=name, parent=parent)
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    options = [option for option in command.params if isinstance(option, click.Option)]
    rows = [(f"`{', '.join([*o.opts, *o.secondary_opts])}`", o.help or "", default_of(o)) for o in options]
    help_text = inspect.cleandoc(command.help or "").replace("\b\n", "")
    parts = [f"## fanzha {name}", f"```\n{usage}\n```", help_text]
    return "\n\n".join(parts + ([table(["option", "what it does", "default"], rows)] if rows else []))


def default_of(option: click.Option) -> str:
    """Return an option's default as text, "" when there is none worth showing."""
    value = option.default
    return f"`{value}`" if isinstance(value, str | int | float | Path) and value != "" and value is not False else ""


def kinds() -> str:
    """Every kind of thing watched."""
    head = ["kind", "中文", "English", "STIX 2.1", "MISP", "why"]
    rows = [
        (f"`{k.name}`", k.title.zh, k.title.en, k.stix, k.misp, first_sentence("kinds", k.name))
        for k in all_kinds().values()
    ]
    return page(
        Words("对象类型", "Kinds"),
        Words("被观察的对象类型，一种一个文件。", "The kinds of thing that are watched, one file each."),
        [table(head, rows)],
    )


def events() -> str:
    """Every event table with its columns."""
    every = f"## On every event 每个事件都有的列\n\n{columns(ENVELOPE)}"
    return page(
        Words("事件", "Events"),
        Words(
            "事件表及其列；内容列须有法律依据。时间一律为 UTC 毫秒。",
            "The event tables and their columns; content needs a legal basis. Times are UTC milliseconds.",
        ),
        [
            every,
            *(
                f"## {e.name} {e.title.zh}\n\n{first_sentence('events', e.name)}\n\n{columns(e.own)}"
                for e in all_events().values()
            ),
        ],
    )


def columns(given: Iterable[Column]) -> str:
    """Return columns as a table."""
    head = ["column", "type", "中文", "English", "unit", "kind", "notes", "range or values", "headers known"]
    return table(
        head,
        [
            (f"`{c.name}`", c.type, c.title.zh, c.title.en, c.unit, c.kind, notes(c), limits(c), "、".join(c.aliases))
            for c in given
        ],
    )


def notes(column: Column) -> str:
    """Return what must hold of a column."""
    return ", ".join(["required"] * column.required + ["content"] * column.content)


def limits(column: Column) -> str:
    """Return what values a column takes."""
    if column.values:
        return ", ".join(column.values)
    ends = (column.low, column.high)
    return "" if ends == (None, None) else " – ".join("…" if end is None else f"{end:,.10g}" for end in ends)


def detectors() -> str:
    """Every detector with its worked examples."""
    return page(
        Words("检测器", "Detectors"),
        Words(
            "检测器及其样例；样例由测试逐一执行。号码、机构均为虚构。",
            "The detectors with worked examples, which the tests run. Numbers and names are made up.",
        ),
        map(detector_part, all_detectors().values()),
    )


def detector_part(detector: Detector) -> str:
    """One detector: what it tells, reads and serves, then its examples."""
    facts = table(
        ["version", "reads", "law 依据"],
        [(detector.version, ", ".join(detector.reads), "; ".join(detector.law))],
    )
    head = f"## {detector.name} {detector.title.zh}\n\n{detector.tells.en}\n\n{detector.tells.zh}\n\n{facts}"
    return "\n\n".join([head, *map(example_part, detector.examples)])


def example_part(example: Example) -> str:
    """One example: its events as a table, and what is found."""
    names = list(dict.fromkeys(name for row in example.rows for name in row))
    rows = table(names, [[row.get(name) for name in names] for row in example.rows])
    found = "\n".join(f"- found 发现: {finding(claim)}" for claim in example.finds) or "- nothing found 无发现"
    return f"**{example.title.en}** {example.title.zh} (`{example.table}`)\n\n{rows}\n\n{found}"


def finding(claim: Mapping[str, object]) -> str:
    """Return what an example expects of a finding."""
    return ", ".join(f"`{name}` {'≥ ' if name == 'score' else ''}{cell(value)}" for name, value in claim.items())


def models() -> str:
    """Every trained model with its sources and its card."""
    return page(
        Words("模型", "Models"),
        Words("随软件发布的模型、训练数据及许可。", "The models that ship, what they learned from and its licences."),
        map(model_part, all_models().values()),
    )


def model_part(model: Model) -> str:
    """One model: what it reads, its sources, its card."""
    rows = [(f"`{s.path}`", s.label, ", ".join(s.positive), s.licence) for s in model.sources]
    head = f"## {model.name} {model.title.zh}\n\n{model.title.en}; reads `{model.reads}`."
    return "\n\n".join(
        [
            head,
            first_sentence("models", model.name),
            table(["source", "label", "counts as 1", "licence"], rows),
            *card_of(model),
        ]
    )


def card_of(model: Model) -> list[str]:
    """Return the shipped card's figures, nothing when the model ships none."""
    folder = Path(importlib.import_module("fanzha.models").__path__[0]) / "data"
    cards = sorted(folder.glob(f"{model.name.replace('-', '_')}*card*.json"))
    return [
        f"```json\n{json.dumps(json.loads(card.read_text('utf-8')), ensure_ascii=False, indent=1)}\n```"
        for card in cards
    ]


def fraud_types() -> str:
    """Every fraud type that a finding can carry."""
    rows = [(f"`{code}`", words.zh, words.en) for code, words in FRAUD_TYPES.items()]
    return page(
        Words(f"诈骗类型（第 {VERSION} 版）", f"Fraud types, version {VERSION}"),
        Words("线索中 `fraud_type` 列的取值。", "What the column `fraud_type` of a finding holds."),
        [table(["code", "中文", "English"], rows)],
    )


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "detectors.md": detectors,
    "events.md": events,
    "fraud-types.md": fraud_types,
    "kinds.md": kinds,
    "models.md": models,
}


def main() -> None:
    """Write every page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, build in PAGES.items():
        (folder / name).write_text(build(), "utf-8")


if __name__ == "__main__":
    main()

"""`fanzha read`: show how a file would be read, and propose a column map."""

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fanzha.base.errors import NothingUsable, QuestionsOpen, UsageError

if TYPE_CHECKING:
    from fanzha.read import SourceInspection


@click.command("read")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--map", "map_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Column map (TOML)."
)
@click.option("--table", default="", help="Read the file as this event table (see `fanzha schema`), or as `calls`.")
@click.option(
    "--basis",
    default="",
    help="Legal basis of message content (Telecom Regulations Art. 65); --write puts it into the map.",
)
@click.option("--rows", default=100_000, show_default=True, help="Rows to look at; 0 looks at all of them.")
@click.option("--write", is_flag=True, help="Write the proposed map as <file>.toml beside the file, to edit.")
@click.option("--force", is_flag=True, help="With --write: replace a map that is there.")
@click.option("--accept", is_flag=True, help="With --write: ask nothing; write the columns that are sure.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def COMMAND(
    paths: tuple[Path, ...],
    map_file: Path | None,
    table: str,
    basis: str,
    rows: int,
    write: bool,
    force: bool,
    accept: bool,
    as_json: bool,
) -> None:
    """Show how files and folders would be read, and propose the column map. 查看可读懂的内容并生成列映射。

    Nothing is analysed or stored; numbers are masked. With --write, columns that are not sure are asked about: in a
    terminal at once, otherwise in the map, which is not used before they are answered (exit code 6).
    """
    import msgspec
    from rich.console import Console

    from fanzha.analyze.silent_detectors import group_silent_rules, list_silent_rules
    from fanzha.cli._read_output import print_understanding
    from fanzha.read import ReadContext, find_sources, inspect_source

    terms = ReadContext(observed_at=time.time_ns() // 1_000_000, basis=basis)
    understood = [
        (source, inspect_source(source, terms, rows)) for source in find_sources(paths, map_file=map_file, table=table)
    ]
    shown = []
    for _, understanding in understood:
        filled = {table: frozenset(columns) for table, columns in understanding.filled.items()}
        silent = group_silent_rules(list_silent_rules(filled))
        if as_json:
            groups = [{"missing": group.missing, "rules": [rule.name for rule in group.rules]} for group in silent]
            shown.append(msgspec.to_builtins(understanding) | {"silent": groups})
        else:
            print_understanding(Console(), understanding, silent)
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=False, indent=1))
    open_questions = 0
    if write:
        for source, understanding in understood:
            if understanding.toml:
                toml, unanswered = _answer(understanding, accept)
                click.echo(_written(source.path, toml, force), err=as_json)
                open_questions += unanswered
    if not any(understanding.used for _, understanding in understood):
        raise NothingUsable("nothing could be used", fix="edit the map (--write) or give --table, --map or --basis")
    if open_questions:
        raise QuestionsOpen(
            f"{open_questions} questions are open and stand in the map 映射中有 {open_questions} 个待答问题",
            fix="answer them there, run this in a terminal, or give --accept to leave out what is not sure",
        )


def _answer(understanding: "SourceInspection", accept: bool) -> tuple[str, int]:
    """Return the map as TOML and the number of open questions. In a terminal somebody answers them."""
    from fanzha.read import render_answers

    if accept or not understanding.questions:
        return render_answers(understanding, ())
    if not sys.stdin.isatty():
        return render_answers(understanding, None)
    questions = understanding.questions
    confirmed = [item for item in questions if click.confirm(" ".join(item.words), err=True)]
    return render_answers(understanding, [name for item in confirmed for name in item.names])


def _written(path: Path, toml: str, force: bool) -> str:
    """Write the map beside its file and say so; one that is there is kept unless it is to be replaced."""
    from fanzha.read import map_path

    target = map_path(path)
    if target.exists() and not force:
        raise UsageError(f"{target} is there already", fix="edit it, or give --force to replace it")
    target.write_text(toml, "utf-8")
    return f"{target}  已写入，请检查后运行 fanzha analyze  written: check it, then run fanzha analyze"

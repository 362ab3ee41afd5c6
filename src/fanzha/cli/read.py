"""`fanzha read`: show how a file would be read, and propose a column map."""

import json
import time
from pathlib import Path

import click

from fanzha.base.errors import NothingUsable, UsageError


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
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def COMMAND(
    paths: tuple[Path, ...],
    map_file: Path | None,
    table: str,
    basis: str,
    rows: int,
    write: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Show how files and folders would be read, and propose the column map. 查看可读懂的内容并生成列映射。

    Nothing is analysed or stored; numbers are masked.
    """
    import msgspec
    from rich.console import Console

    from fanzha.analyze.silent_detectors import list_silent_rules
    from fanzha.cli._read_output import print_understanding
    from fanzha.read import ReadContext, find_sources, inspect_source

    terms = ReadContext(observed_at=time.time_ns() // 1_000_000, basis=basis)
    understood = [
        (source, inspect_source(source, terms, rows)) for source in find_sources(paths, map_file=map_file, table=table)
    ]
    if as_json:
        click.echo(
            json.dumps(
                [msgspec.to_builtins(understanding) for _, understanding in understood], ensure_ascii=False, indent=1
            )
        )
    else:
        for _, understanding in understood:
            filled = {table: frozenset(columns) for table, columns in understanding.filled.items()}
            print_understanding(Console(), understanding, list_silent_rules(filled))
    if write:
        for source, understanding in understood:
            if understanding.toml:
                click.echo(_written(source.path, understanding.toml, force), err=as_json)
    if not any(understanding.used for _, understanding in understood):
        raise NothingUsable("nothing could be used", fix="edit the map (--write) or give --table, --map or --basis")


def _written(path: Path, toml: str, force: bool) -> str:
    """Write the map beside its file and say so; one that is there is kept unless it is to be replaced."""
    from fanzha.read import map_path

    target = map_path(path)
    if target.exists() and not force:
        raise UsageError(f"{target} is there already", fix="edit it, or give --force to replace it")
    target.write_text(toml, "utf-8")
    return f"{target}  已写入，请检查后运行 fanzha analyze  written: check it, then run fanzha analyze"

"""`fanzha keep-calls`: keep the calls of exported records to answer tracebacks."""

from pathlib import Path

import click


@click.command("keep-calls")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--operator", required=True, metavar="REF", help="Reference of the operator whose records they are.")
@click.option("--table", default="", help="Read every file as this event table (see `fanzha schema`).")
@click.option(
    "--map", "map_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Column map (TOML)."
)
@click.option("--accept", is_flag=True, help="Files without a map: use the columns that are sure, ask nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the account as JSON.")
def COMMAND(
    paths: tuple[Path, ...], operator: str, table: str, map_file: Path | None, accept: bool, as_json: bool
) -> None:
    """Keep the calls in files and folders to answer tracebacks. 保存话单，用于答复溯源。

    PATH is a file or folder of call records, as `fanzha analyze` reads them: `fanzha read` shows how, and writes the
    map of a file whose columns are not understood. They become Parquet files by day below
    call_records/REF of the state folder. A file that is read again replaces what it brought before. Days older than
    [call_traceback] record_days of fanzha.toml are deleted by `fanzha up`.

    Exit codes: 0 done, 2 wrong call, 3 no call in the files, 6 what columns mean is not sure.
    """
    import msgspec

    from fanzha.analyze.call_archive import archive_calls
    from fanzha.base.errors import UsageError
    from fanzha.store.call_records import records_folder

    try:
        folder = records_folder(operator)
    except ValueError as wrong:
        raise UsageError(f"--operator: {wrong}", fix="the page of the organisation shows its reference") from None
    summary = archive_calls(paths, operator, table=table, map_file=map_file, accept=accept)
    if as_json:
        click.echo(msgspec.json.encode(summary).decode())
        return
    for problem in summary.problems:
        click.echo(f"未保存 not kept: {problem}", err=True)
    if summary.untimed:
        click.echo(f"{summary.untimed:,} 次呼叫没有时间，未保存 calls have no time and are not kept", err=True)
    click.echo(
        f"{summary.sources:,} 个文件 files · {summary.calls:,} 次呼叫 calls · {summary.rejects:,} 行拒收 rejects\n"
        f"保存在 kept in {folder}"
    )

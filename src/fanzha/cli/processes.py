"""`fanzha processes`: list, check and draw processes, and check drawn samples."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fanzha.base.errors import UsageError

if TYPE_CHECKING:
    from fanzha.processes import Process


@click.group("processes")
def COMMAND() -> None:
    """List, check and draw processes. 列出、检查、绘制流程。

    One YAML file is one process; docs/reference/processes.md describes the keys. Put own files into processes/ of the
    state folder. 每个流程一个 YAML 文件；自有流程放入状态目录的 processes/。
    """


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON. 输出 JSON。")
def list_processes(as_json: bool) -> None:
    """List the processes that ship and the operator's own. 列出内置与自有流程。"""
    rows = [
        {
            "name": process.name,
            "version": process.version,
            "zh": process.title.zh,
            "en": process.title.en,
            "duty": process.duty,
            "data": process.data.value,
            "steps": len(process.events) + (len(process.legs.events) if process.legs else 0),
        }
        for process in _available_processes().values()
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(f"{row['name']:<22} {row['duty']:<5} {row['data']:<9} {row['zh']} {row['en']}")


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check_files(files: tuple[Path, ...]) -> None:
    """Say whether process FILES are right; else every mistake with its line and fix. 检查流程文件，指出错误与改法。

    A step whose result or harm is not declared is a warning: the process works, its page is less clear.
    步骤未声明结果或不利影响的，仅作提示，不影响流程运行。
    """
    from fanzha.processes import describe_undeclared_steps

    errors = []
    for path in files:
        try:
            process = _read(path)
        except UsageError as error:
            errors.append(str(error))
            continue
        states = len(process.states) + (len(process.legs.states) if process.legs else 0)
        click.echo(f"{path}: {process.title.zh} {process.title.en}: {states} 个状态，无误 states, right")
        for warning in describe_undeclared_steps(process, str(path)):
            click.echo(f"提示 warning: {warning}", err=True)
    if errors:
        raise UsageError("\n".join(errors))


@click.command("draw")
@click.argument("process")
@click.option("--language", type=click.Choice(["zh", "en"]), default="en", show_default=True, help="Its words. 语言。")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it there; else it is printed.")
def draw_process(process: str, language: str, out: Path | None) -> None:
    """Draw a PROCESS, by name or from a file, as SVG. 将流程（名称或文件）绘成 SVG。"""
    from fanzha.processes.diagram import draw

    available = _available_processes()
    if process not in available and not Path(process).is_file():
        raise UsageError(f"there is no process {process!r}", fix=f"known are: {', '.join(available)}; or name a file")
    svg = draw(available[process] if process in available else _read(Path(process)), "zh" if language == "zh" else "en")
    if out is None:
        click.echo(svg)
        return
    out.write_text(svg, "utf-8")
    click.echo(f"已绘制 drawn: {out}")


@click.command("redraw")
@click.argument("record", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def redraw_sample(record: Path) -> None:
    """Draw the sample of a RECORD again, a file of a random inspection. 按记录文件重新抽取并核对。"""
    import msgspec

    from fanzha.processes.sample_draw import differing_fields

    try:
        differing = differing_fields(record.read_bytes())
    except msgspec.DecodeError as error:
        raise UsageError(f"{record} is no record of a draw: {error}", fix="name the file of the field Sample") from None
    if differing:
        raise UsageError(
            f"{record}: another result comes out for {', '.join(differing)}", fix="compare the file with its SHA-256"
        )
    click.echo(f"{record}: 结果一致 the same result")


def _available_processes() -> "dict[str, Process]":
    from fanzha.processes import all_processes
    from fanzha.store.state_folder import state_folder

    own = sorted((state_folder() / "processes").glob("*.yaml"))
    return all_processes({path.name: _text(path) for path in own})


def _read(path: Path) -> "Process":
    from fanzha.processes import parse_process

    process = parse_process(_text(path), str(path))
    if path.stem != process.name:
        raise UsageError(f"{path} holds the process {process.name!r}", fix=f"call the file {process.name}.yaml")
    return process


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8", fix="save it as UTF-8") from None


for _command in (list_processes, check_files, draw_process, redraw_sample):
    COMMAND.add_command(_command)

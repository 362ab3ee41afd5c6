"""`fanzha fetch`: look at a page in a sandboxed browser."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from fanzha.store.look_record import LookRecord, PersonaVisit

_LENGTH = 100


@click.command("fetch")
@click.argument("url", required=False)
@click.option("--out", type=click.Path(path_type=Path), help="Keep the evidence in this folder, which must not exist.")
@click.option("--json", "as_json", is_flag=True, help="Print the record as JSON.")
@click.option(
    "--check",
    "checked",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Compare an evidence folder with its manifest.",
)
@click.option(
    "--tsa-ca",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --check: verify the time-stamp of the manifest, too; the authority's root certificate (PEM).",
)
def COMMAND(url: str | None, out: Path | None, as_json: bool, checked: Path | None, tsa_ca: Path | None) -> None:
    """Look at a page as several visitors do, in a sandboxed browser. 在沙箱浏览器中以多种访客身份查看网页。

    The browser runs in namespaces of its own and reaches public addresses only, through a proxy with limits; the table
    [look] of fanzha.toml changes that. Nothing is typed into forms, and files that the page hands out stay closed.

    \b
    Exit codes: 0 seen, 1 a file of --check changed or its time-stamp is not valid, 2 wrong call, 3 nothing was seen.
    """
    if (url is None) == (checked is None):
        raise click.UsageError("give either a URL or --check")
    if tsa_ca is not None and checked is None:
        raise click.UsageError("--tsa-ca needs --check")
    if checked is not None:
        _check(checked)
        if tsa_ca is not None:
            _check_stamp(checked, tsa_ca)
        return
    from fanzha.base.errors import NothingUsable
    from fanzha.collect.pages.look import look_at, look_briefly
    from fanzha.store.look_record import encode_record
    from fanzha.store.look_settings import load_look_settings

    settings = load_look_settings()
    record = look_briefly(str(url), settings) if out is None else look_at(str(url), out, settings)
    if as_json:
        click.echo(encode_record(record).decode())
    else:
        from rich.console import Console

        print_record(Console(), record)
    if record.telling_visit is None:
        raise NothingUsable(
            f"什么也没看到 nothing was seen of {record.url}: {explain_record(record)}",
            fix="--json lists every connection and why it was refused",
        )


def explain_record(record: "LookRecord") -> str:
    """Return why nothing was seen: the reasons of the visits and of refused connections."""
    reasons = [record.problem, *(visit.ended_by for visit in record.visits)]
    reasons += [f"{each.host}: {each.refused}" for each in record.connections if each.refused]
    return "; ".join(dict.fromkeys(reason for reason in reasons if reason)) or "no answer"


def _check(folder: Path) -> None:
    from fanzha.collect.pages.look_folder import find_changed_files

    try:
        changed = find_changed_files(folder)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    if changed:
        raise click.ClickException(f"已被更改 changed: {', '.join(changed)}")
    click.echo("文件与清单一致 all files are as in the manifest")


def _check_stamp(folder: Path, ca_file: Path) -> None:
    """Print when the manifest was time-stamped, or fail."""
    from fanzha.command.audit.timestamps import InvalidTimestamp, load_authority, verify_response
    from fanzha.command.web.configuration import TimestampAuthority

    authority = load_authority(TimestampAuthority(url="", ca_file=str(ca_file)))
    try:
        response = (folder / "manifest.json.tsr").read_bytes()
        stamped_at = verify_response(response, (folder / "manifest.json").read_text("utf-8"), authority)
    except FileNotFoundError:
        raise click.ClickException("无时间戳 there is no time-stamp: manifest.json.tsr") from None
    except InvalidTimestamp as error:
        raise click.ClickException(f"时间戳无效 the time-stamp is not valid: {error}") from None
    click.echo(f"时间戳 time-stamped: {stamped_at:%Y-%m-%d %H:%M:%S} UTC")


def print_record(console: "Console", record: "LookRecord") -> None:
    """Print what each persona got, and how they differ."""
    from rich.text import Text

    from fanzha.cli.lookup import visible

    for visit in record.visits:
        lines = [f"{visit.persona}  {visit.status or '–'}  {visible(visit.final_url, _LENGTH)}"]
        lines += [f"    {zh} {en}: {visible(value, _LENGTH)}" for zh, en, value in _describe(visit) if value]
        console.print(Text("\n".join(lines)))
    for difference in record.differences:
        mark = "▲ 隐藏 cloaked" if difference.cloaks else "  不同 differs"
        detail = visible(difference.detail, _LENGTH)
        console.print(Text(f"{mark}: {difference.first} / {difference.second}, {difference.kind}: {detail}"))
    console.print(Text(f"{record.seconds:g} s, CPU {record.cpu_seconds:g} s, {record.isolation}", "dim"))


def _describe(visit: "PersonaVisit") -> list[tuple[str, str, str]]:
    certificate = visit.certificate
    return [
        ("标题", "title", visit.title),
        ("要求填写", "asks for", ", ".join(visit.asks)),
        ("跳转", "redirects", " → ".join(hop.location for hop in visit.redirects)),
        ("下载", "downloads", ", ".join(f"{each.name} {each.sha256[:16]}" for each in visit.downloads)),
        ("证书", "certificate", f"{certificate.issuer} {certificate.sha256[:16]}" if certificate else ""),
        ("中止原因", "ended by", visit.ended_by),
    ]

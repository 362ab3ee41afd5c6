"""`fanzha screen key add|list|revoke`: keys for the HTTP interface of a screen."""

import json
import time

import click

from fanzha.base.clock import iso, moment_ms
from fanzha.base.errors import Malformed, UsageError
from fanzha.store.screen_keys import SCOPE_WORDS, KeyScope, ScreenKey, ScreenKeys

_SCOPES = ", ".join(f"{scope} {words.zh}" for scope, words in SCOPE_WORDS.items())
_BY = click.option("--by", required=True, metavar="WHO", help="Who does it: kept in the file.")


@click.group("key")
def COMMAND() -> None:
    """Keys of those who ask a screen over HTTP; without any key all but its health is closed. 管理筛查接口的密钥。"""


@COMMAND.command("add")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([scope.value for scope in KeyScope]),
    help=f"What it opens; may be repeated. {_SCOPES}.",
)
@click.option("--rate", default=100, show_default=True, type=click.IntRange(1, 1_000_000), help="Values a second.")
@click.option(
    "--burst", default=1_000, show_default=True, type=click.IntRange(1, 10_000_000), help="Values at once, at most."
)
@click.option("--until", metavar="MOMENT", help="When it ends, e.g. 2027-01-01 (UTC); without it, when revoked.")
@_BY
def add_key(name: str, scopes: tuple[str, ...], rate: int, burst: int, until: str | None, by: str) -> None:
    """Create a key called NAME and print it: it is shown only once. 新建密钥并显示（仅此一次）。"""
    key_scopes = tuple(KeyScope(scope) for scope in scopes)
    text = ScreenKeys().add(name, key_scopes, rate=rate, burst=burst, at=_now(), by=by, until=_end(until))
    click.echo("密钥只显示这一次，请妥善保存 the key is told only this once: keep it safe", err=True)
    click.echo(text)


@COMMAND.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_keys(as_json: bool) -> None:
    """List the keys, also revoked and expired ones, without their values. 列出密钥（不显示密钥本身）。"""
    keys = ScreenKeys().all()
    if as_json:
        click.echo(json.dumps([_key_as_json(key) for key in keys], ensure_ascii=False, indent=1))
        return
    from rich.table import Table
    from rich.text import Text

    from fanzha.analyze.terminal import output_console, printable

    table = Table("名称 name", "权限 scopes", "每秒 a second", "突发 at once", "状态 state", "建立 made", "经手 by")
    for key in keys:
        limits = (f"{key.rate:,}", f"{key.burst:,}")
        creation = (_day(key.made_at), Text(printable(key.made_by, 40)))
        table.add_row(key.name, " ".join(key.scopes), *limits, _state(key), *creation)
    output_console().print(table)


@COMMAND.command("revoke")
@click.argument("name")
@_BY
def revoke_key(name: str, by: str) -> None:
    """Revoke the key called NAME at once. 立即吊销密钥。"""
    revoked = ScreenKeys().revoke(name, at=_now(), by=by)
    click.echo(f"{revoked.name}: 已吊销 revoked")


def _key_as_json(key: ScreenKey) -> dict[str, object]:
    return {
        "name": key.name,
        "scopes": list(key.scopes),
        "rate": key.rate,
        "burst": key.burst,
        "holds": key.is_valid(_now()),
        "made_at": key.made_at,
        "made_by": key.made_by,
        "until": key.until,
        "revoked_at": key.revoked_at,
        "revoked_by": key.revoked_by,
    }


def _state(key: ScreenKey) -> str:
    if key.revoked_at is not None:
        return f"已吊销 revoked {_day(key.revoked_at)}"
    if key.until is None:
        return "有效 holds"
    ends = _day(key.until)
    return f"有效至 holds until {ends}" if key.is_valid(_now()) else f"已过期 ended {ends}"


def _day(moment: int) -> str:
    return iso(moment)[:10]


def _end(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        end = moment_ms(text)
    except Malformed as error:
        raise UsageError(error.reason, fix="write a day such as 2027-01-01") from None
    if end <= _now():
        raise UsageError(f"{text} has passed", fix="name a moment to come")
    return end


def _now() -> int:
    return time.time_ns() // 1_000_000

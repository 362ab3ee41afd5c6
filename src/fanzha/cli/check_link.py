"""`fanzha check-link`: ask a site's public list whether a link is to be warned of, without telling the link."""

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from fanzha.base.errors import Malformed, NothingUsable, UsageError

if TYPE_CHECKING:
    from fanzha.collect.link_check import LinkChecker, LinkVerdict

WARN, BLOCK = 8, 9


@click.command("check-link")
@click.argument("links", nargs=-1)
@click.option(
    "--site", required=True, envvar="FANZHA_LINK_LIST", metavar="URL", help="The list: https://SITE/link-list."
)
@click.option("--update", "always", is_flag=True, help="Update the list now, not only when it is due.")
@click.option("--offline", is_flag=True, help="Do not update the list; ask the site only about links that hit it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines.")
def COMMAND(links: tuple[str, ...], site: str, always: bool, offline: bool, as_json: bool) -> None:
    """Ask whether links are listed, without telling them to anybody. 核对链接是否在公开名单中，不透露链接本身。

    The list is kept under XDG_CACHE_HOME and updated by what changed. The site learns the first four bytes of hashes,
    and only when the list has them. LINKS may be - for standard input, one a line. Not listed does not mean safe.

    \b
    Exit codes: 0 none listed, 8 one is to be warned of, 9 one is to be blocked, 2 no link, 3 no list.
    退出码：0 均未收录，8 有须警示的，9 有须拦截的，2 不是链接，3 没有名单。

    \b
    Is this link listed?  这个链接在名单里吗？
      fanzha check-link --site https://fanzha.example/link-list http://shop.example/pay
    """
    from fanzha.collect.link_check import LinkChecker

    if not links and not always:
        raise UsageError("name a link, or --update 请给出链接或 --update")
    try:
        checker = LinkChecker(site)
    except ValueError as error:
        raise UsageError(f"--site: {error}", fix="write https://SITE/link-list 请写作 https://站点/link-list") from None
    with checker:
        if not offline and (always or checker.is_due):
            _update(checker, as_json)
        if checker.updated_at is None:
            raise NothingUsable("there is no list yet 尚无名单", fix="leave out --offline 请去掉 --offline")
        verdicts = [_check(checker, link, as_json) for link in _read(links)]
    actions = {verdict.action for verdict in verdicts if verdict is not None}
    sys.exit(BLOCK if "block" in actions else WARN if actions else 0)


def _read(links: tuple[str, ...]) -> list[str]:
    if links != ("-",):
        return list(links)
    return [line.strip() for line in sys.stdin if line.strip()]


def _update(checker: "LinkChecker", as_json: bool) -> None:
    """Update the list; an older one stays in use, and that is said. Raise NothingUsable if there is none."""
    try:
        result = checker.update()
    except (OSError, ValueError) as error:
        if checker.updated_at is None:
            raise NothingUsable(f"no list from {checker.site}: {error} 无法取得名单") from None
        at = datetime.fromtimestamp(checker.updated_at, UTC).isoformat(timespec="seconds")
        click.echo(f"名单未能更新，使用 {at} 的名单 the list is of {at}: {error}", err=True)
        return
    text = f"{result.entries:,} 条 entries（+{result.added:,} −{result.removed:,}）"
    click.echo(text, err=True)


def _check(checker: "LinkChecker", link: str, as_json: bool) -> "LinkVerdict | None":
    from fanzha.cli.lookup import visible

    try:
        verdict = checker.check(link)
    except Malformed as error:
        raise UsageError(f"{visible(link)!r}: {error.reason} 不是链接", fix="write a link 请给出链接") from None
    except (OSError, ValueError) as error:
        raise NothingUsable(
            f"the list has this prefix, but {checker.site} does not answer: {error} 站点无应答"
        ) from None
    if as_json:
        action = verdict.action if verdict else "unlisted"
        kind, expression = (verdict.fraud_type, verdict.expression) if verdict else ("", "")
        row = {"link": link, "action": action, "fraud_type": kind, "expression": expression}
        click.echo(json.dumps(row, ensure_ascii=False))
    elif verdict is None:
        click.echo(f"{visible(link)}  未收录 not listed（不等于安全 this does not mean safe）")
    else:
        words = {"warn": "警示 warn", "block": "拦截 block"}[verdict.action]
        title = f"  {verdict.title.zh} {verdict.title.en}" if verdict.title.zh else ""
        click.echo(f"{visible(link)}  {words}{title}")
    return verdict

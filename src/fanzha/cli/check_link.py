"""`fanzha check-link`: check links against the public list of a site; the links are not sent."""

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from fanzha.base.errors import Malformed, NothingUsable, UsageError

if TYPE_CHECKING:
    from fanzha.collect.link_check import LinkChecker, LinkVerdict

#: What ends the command, the most serious first.
_EXIT_CODES = {"block": 9, "warn": 8, "unknown": 3, "unreadable": 2}
_WORDS = {
    "block": "拦截 block",
    "warn": "警示 warn",
    "unlisted": "未收录 not listed（不等于安全 this does not mean safe）",
    "unknown": "站点无应答，无法核对 the list may have it, but the site does not answer",
    "unreadable": "不是链接 this is no link",
}


@click.command("check-link")
@click.argument("links", nargs=-1)
@click.option(
    "--site", required=True, envvar="FANZHA_LINK_LIST", metavar="URL", help="The list: https://SITE/link-list."
)
@click.option("--update", "always", is_flag=True, help="Update the list now, not only when it is due.")
@click.option("--offline", is_flag=True, help="Do not update the list; ask the site only about links that hit it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines.")
def COMMAND(links: tuple[str, ...], site: str, always: bool, offline: bool, as_json: bool) -> None:
    """Check links against the public list of a site; they are not sent. 核对链接是否在公开名单中，不发送链接本身。

    The list is kept under XDG_CACHE_HOME and updated by what changed. The site learns the first four bytes of hashes,
    and only when the list has them. LINKS may be - for standard input, one a line. Not listed does not mean safe.

    \b
    Exit codes: 0 none listed, 9 one is to be blocked, 8 one is to be warned of, 3 no list or no answer, 2 no link.
    退出码：0 均未收录，9 有须拦截的，8 有须警示的，3 没有名单或无应答，2 不是链接。

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
        actions = {_check(checker, link, as_json) for link in _read(links)}
    sys.exit(next((code for action, code in _EXIT_CODES.items() if action in actions), 0))


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


def _check(checker: "LinkChecker", link: str, as_json: bool) -> str:
    """Print and return the action for a link: "unreadable" or "unknown" if it cannot be checked."""
    verdict: LinkVerdict | None = None
    problem = ""
    try:
        verdict = checker.check(link)
        action = verdict.action if verdict else "unlisted"
    except Malformed as error:
        action, problem = "unreadable", error.reason
    except (OSError, ValueError) as error:
        action, problem = "unknown", f"{checker.site}: {error}"
    if as_json:
        kind, expression = (verdict.fraud_type, verdict.expression) if verdict else ("", "")
        row = {"link": link, "action": action, "fraud_type": kind, "expression": expression, "problem": problem}
        click.echo(json.dumps(row, ensure_ascii=False))
    else:
        click.echo(_describe(link, action, verdict, problem))
    return action


def _describe(link: str, action: str, verdict: "LinkVerdict | None", problem: str) -> str:
    from fanzha.cli.lookup import visible

    title = f"  {verdict.title.zh} {verdict.title.en}" if verdict and verdict.title.zh else ""
    return f"{visible(link)}  {_WORDS[action]}{title}" + (f"（{problem}）" if problem else "")

"""`fanzha tail-logs`: follow certificate-transparency logs and lists of new names."""

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from fanzha.store.site_watch import SiteWatchStore


@click.command("tail-logs")
@click.option("--status", is_flag=True, help="Print how far each log was read, and what was not seen; then end.")
@click.option("--json", "as_json", is_flag=True, help="With --status: print JSON.")
@click.option("--resume", metavar="LOG", help="Follow a log again that was stopped by a fork; the evidence stays.")
def COMMAND(status: bool, as_json: bool, resume: str | None) -> None:
    """Follow certificate logs and lists of new names until SIGTERM or Ctrl-C. 跟踪证书透明度日志与新增域名名单。

    The table [site_watch] of fanzha.toml names the logs and the folder; no address is built in. Each entry read is
    proven to be in the log. Names that resemble a protected brand become candidates on the site.
    `fanzha up` runs this command if there is such a table.

    Exit codes: 0 done, 2 wrong settings, 8 with --status if a log has forked.
    """
    from fanzha.collect.site_watch import now_ms, run
    from fanzha.store.site_watch import open_site_watch

    if as_json and not status:
        raise click.UsageError("--json needs --status")
    if resume is not None:
        with open_site_watch() as store:
            _resume(store, resume)
        return
    if status:
        with open_site_watch() as store:
            sys.exit(_print_status(store, as_json))
    progress = _Progress()
    run(on_tick=lambda store: progress.show(store, now_ms()))


def _resume(store: "SiteWatchStore", name: str) -> None:
    from fanzha.base.errors import UsageError

    chosen = [cursor for cursor in store.cursors() if cursor.name == name]
    if not chosen or not store.resume_log(chosen[0].log_id):
        raise UsageError(f"日志未分叉 no log {name!r} is stopped by a fork", fix="fanzha tail-logs --status")
    click.echo(f"{name}：继续跟踪 followed again", err=True)


def _print_status(store: "SiteWatchStore", as_json: bool) -> int:
    """Print the state of each log; return the exit code."""
    statuses = store.statuses()
    if as_json:
        import json

        click.echo(json.dumps([one._asdict() for one in statuses]))
    for one in () if as_json else statuses:
        missing = ", ".join(f"{reason} {entries:,}" for reason, entries in one.missing.items()) or "0"
        click.echo(f"{one.name}\t{one.state}")
        click.echo(f"  已读 seen {one.seen:,}，未见 not seen {missing}，待读 waiting {one.waiting:,} / {one.size:,}")
        if one.problem:
            click.echo(f"  {one.problem}")
    return 8 if any(one.state == "forked" for one in statuses) else 0


class _Progress:
    """Shows once a minute how far all logs were read."""

    def __init__(self) -> None:
        self._shown_at = 0

    def show(self, store: "SiteWatchStore", now: int) -> None:
        """Write a line to standard error if a minute has passed."""
        if now - self._shown_at < 60_000:
            return
        self._shown_at = now
        statuses = store.statuses()
        seen, waiting = sum(one.seen for one in statuses), sum(one.waiting for one in statuses)
        missing = sum(sum(one.missing.values()) for one in statuses)
        click.echo(f"已读 seen {seen:,}，未见 not seen {missing:,}，待读 waiting {waiting:,}", err=True)

"""`fanzha up`: run the site with its worker, importer and jobs, and optionally a screen."""

from pathlib import Path

import click


@click.command("up")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the site listens.")
@click.option("--port", default=8470, show_default=True, type=click.IntRange(1, 65_535))
@click.option("--processes", default=0, help="Processes that answer; 0: one a processor, four at the most.")
@click.option(
    "--screen",
    "screen_file",
    type=click.Path(path_type=Path),
    help="Run a screen with this settings file (default: screen.toml of the state folder, if there is one).",
)
def COMMAND(host: str, port: int, processes: int, screen_file: Path | None) -> None:
    """Run site, worker, importer, jobs and screen until SIGTERM or Ctrl-C. 启动网站、执行器、导入器与筛查。

    With a table [watch] in fanzha.toml it runs `fanzha watch` beside them.

    The database is SQLite in the state folder, or the PostgreSQL that FANZHA_DATABASE_URL names; it is
    migrated first.
    """
    from fanzha.run.up import SiteAddress, up

    up(SiteAddress(host, port), lambda text: click.echo(text, err=True), screen=screen_file, processes=processes)

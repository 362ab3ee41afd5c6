"""One part of the site as a process of its own: `python -m fanzha.run.part NAME`; `fanzha up` starts them.

What an app wants done again and again needs no part: a `jobs.py` beside its models (`command.site.regular_jobs`).
"""

import logging
import os
import sys
from collections.abc import Callable

from fanzha.base.errors import FanzhaError

SETTINGS = "fanzha.command.web.settings"
THREADS = 8  # a process; each may hold one connection to the database


def migrate() -> None:
    """Bring the database up to date."""
    from fanzha.run.migrating import migrate

    migrate()


def site(host: str, port: str, processes: str) -> None:
    """Answer browsers and the API."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    server = Server(
        "fanzha.command.web.wsgi:application",
        address=host,
        port=int(port),
        interface=Interfaces.WSGI,
        workers=int(processes),
        blocking_threads=THREADS,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    )
    server.serve()


def worker() -> None:
    """Let deadlines pass and carry out what steps asked for."""
    from fanzha.command.processes.worker import run

    run()


def importer() -> None:
    """Take findings in, from the spool and the logs of screens."""
    from fanzha.command.subjects.ingest.worker import run

    run()


def jobs() -> None:
    """Do the long jobs (exports, packs), one after the other."""
    from django_tasks_db.management.commands.db_worker import Worker

    logging.getLogger("django_tasks_db").setLevel(logging.ERROR)
    doing = Worker(
        queue_names=["*"],
        interval=1.0,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=f"{os.uname().nodename}-{os.getpid()}"[:64],
        excluded_queue_names=[],
    )
    doing.configure_signals()
    doing.run()


def regular() -> None:
    """Do what is to be done again and again (anchors, expiry, files that came in)."""
    from fanzha.command.web.scheduler import run

    run()


def restore_database(tables: str, manifest: str, force: str) -> None:
    """Check or fill the database of a backup that is being put back."""
    from fanzha.run.restored_database import restore_database

    restore_database(tables, manifest, force)


def story(findings: str) -> None:
    """Let the story of the demo happen in an empty database."""
    from fanzha.run.story import story

    story(findings)


PARTS: dict[str, Callable[..., None]] = {
    one.__name__: one for one in (migrate, site, worker, importer, jobs, regular, restore_database, story)
}


def part(name: str, *arguments: str) -> list[str]:
    """Return the command that runs one part."""
    return [sys.executable, "-m", "fanzha.run.part", name, *arguments]


def main(arguments: list[str]) -> None:
    """Run the part that is named."""
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    name, *given = arguments
    try:
        if name != "site":  # there each process of the server makes itself ready
            import django

            django.setup()
        PARTS[name](*given)
    except FanzhaError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1:])

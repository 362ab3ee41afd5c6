"""Components of the site, each a process of its own: `python -m fanzha.run.component NAME`; `fanzha up` starts them.

A periodic job of an app needs no component: define `JOBS` in the app's `tasks.py` (`fanzha.command.web.scheduler`).
"""

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

from fanzha.base.errors import FanzhaError
from fanzha.base.storage_faults import find_storage_fault

SETTINGS = "fanzha.command.web.settings"
SITE_THREADS = 8  # per process; each thread may hold one database connection


def migrate() -> None:
    """Migrate the database."""
    from fanzha.run.migration import migrate

    migrate()


def site(host: str, port: str, processes: str) -> None:
    """Serve pages and the API."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    server = Server(
        "fanzha.command.web.wsgi:application",
        address=host,
        port=int(port),
        interface=Interfaces.WSGI,
        workers=int(processes),
        blocking_threads=SITE_THREADS,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    )
    server.serve()


def worker() -> None:
    """Process deadlines and the effects of process steps."""
    from fanzha.command.processes.worker import run_forever

    run_forever()


def importer() -> None:
    """Import findings from the spool and from the logs of screens."""
    from fanzha.command.subjects.ingest.worker import run

    run()


def deliver() -> None:
    """Send warnings to people by the tables [deliver.*] of `fanzha.toml`."""
    from fanzha.deliver.service import run

    run()


def site_watch() -> None:
    """Follow certificate logs and lists of new names by the table [site_watch] of `fanzha.toml`."""
    from fanzha.collect.site_watch import run

    run()


def feeds() -> None:
    """Fetch what other organisations share."""
    from fanzha.collect.feed_service import run

    run()


def prober() -> None:
    """Probe sites by the table [prober] of `fanzha.toml`."""
    from fanzha.collect.prober import run

    run()


def zone() -> None:
    """Serve the zone of blocked names to resolvers by the table [resolver_zone] of `fanzha.toml`."""
    from fanzha.deliver.zone_service import run

    run()


def looker() -> None:
    """Look at the pages of the queue by the table [look] of `fanzha.toml`."""
    from fanzha.collect.pages.looker import run

    run()


def jobs() -> None:
    """Run long jobs (exports, imports, evidence packs), taking the organisations in turn."""
    from fanzha.command.web.job_worker import FairWorker

    logging.getLogger("django_tasks_db").setLevel(logging.ERROR)
    job_worker = FairWorker()
    job_worker.configure_signals()
    job_worker.run()


def regular() -> None:
    """Run periodic jobs (anchors, expiry, uploaded files)."""
    from fanzha.command.web.scheduler import run

    run()


def restore_database(tables: str, manifest: str, force: str) -> None:
    """Check or fill the database during a restore; a `force` that is not empty drops the tables of the database."""
    from fanzha.run.database_restore import restore_database

    restore_database(Path(tables), Path(manifest), force=bool(force))


def demo_data(findings: str, year: str = "year") -> None:
    """Fill an empty database with the data of the demo, with its made-up year unless `year` is empty."""
    from fanzha.run.demo_data import load_demo_data

    load_demo_data(findings, with_year=bool(year))


def demo_sources() -> None:
    """Report the made-up sources and screens of the demo every minute."""
    from fanzha.run.demo_sources import report_forever

    report_forever()


COMPONENTS: dict[str, Callable[..., None]] = {
    function.__name__: function
    for function in (
        migrate,
        site,
        worker,
        importer,
        deliver,
        site_watch,
        feeds,
        zone,
        prober,
        looker,
        jobs,
        regular,
        restore_database,
        demo_data,
        demo_sources,
    )
}


#: The server of the site sets Django up in each of its processes; the others need none.
_WITHOUT_DJANGO = ("site", "deliver", "looker", "feeds", "site_watch", "zone", "prober")


def component_command(name: str, *arguments: str) -> list[str]:
    """Return the command that runs one component."""
    return [sys.executable, "-m", "fanzha.run.component", name, *arguments]


def main(arguments: list[str]) -> None:
    """Run the component `arguments[0]` with the other arguments."""
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    name, *parameters = arguments
    try:
        if name not in _WITHOUT_DJANGO:
            import django

            django.setup()
        COMPONENTS[name](*parameters)
    except FanzhaError as error:
        sys.exit(str(error))
    except Exception as error:
        if (fault := find_storage_fault(error)) is None:
            raise
        sys.exit(str(fault))


if __name__ == "__main__":
    main(sys.argv[1:])

"""Findings taken in by the importer, evidence log on: on SQLite, and on a PostgreSQL that holds a million subjects.

Usage: python -m benchmarks.imports [--findings 100000] [--subjects 1000000] [--only sqlite|postgresql] [--profile]

Findings are made up as rules tell them (some two kilobytes of reasons and evidence), five a number, three quarters of
the numbers in campaigns behind a trunk; they lie in a findings.parquet, as `fanzha analyze` leaves them. Each database
is a new one in a process of its own; PostgreSQL comes from a package. Told is what the clock says, and the CPU time
of the importer and of its database, each alone.
"""

import argparse
import cProfile
import os
import pstats
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks._made_up_findings import made_up_findings
from tests.site_database import start_server

OWNERS = 3
#: What a million subjects are when the import begins: each with a finding, and known to somebody.
_FILL = (
    "INSERT INTO subjects_subject (ref, kind, value, shown, thing, identity, created_at)"
    " SELECT 'F' || lpad(n::text, 25, '0'), 'phone_number', '+86171' || lpad(n::text, 8, '0'), '',"
    " md5('thing' || n), md5('identity' || n), now() FROM generate_series(1, %s) n",
    "INSERT INTO subjects_presence (subject_id, owner_id, marking, findings, top_score, first_at, last_at)"
    " SELECT s.id, o.id, 'TLP:AMBER', 1, 0.5, now(), now() FROM subjects_subject s, (SELECT min(id) AS id"
    " FROM organizations_organization) o",
    "INSERT INTO subjects_findingrow (finding_id, subject_id, owner_id, marking, detector, version, mode, simulated,"
    " fraud_type, score, found_at, valid_until, direction, service, ingress, trigger, came_in_at, withdrawn_why,"
    " superseded_by, packed) SELECT md5('finding' || s.id), s.id, o.id, 'TLP:AMBER', 'call_centre_burst', '1', 'live',"
    " true, '', 0.5, now() - interval '4 days', now() + interval '30 days', '', 'call', '', s.id::text, now(), '', '',"
    " decode(repeat(md5(s.id::text), 30), 'hex') FROM subjects_subject s,"
    " (SELECT min(id) AS id FROM organizations_organization) o",
)


def main() -> None:
    """Measure on both databases and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--findings", type=int, default=100_000)
    parser.add_argument("--subjects", type=int, default=1_000_000, help="present in PostgreSQL beforehand")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--here", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        measured(Path(given.here), given.findings, given.subjects, given.profile)
        return
    for kind in (given.only,) if given.only else ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory(prefix="fanzha-bench-") as temporary:
            print(f"{kind}, {given.findings:,} findings", flush=True)
            in_a_process(Path(temporary), kind)


def in_a_process(folder: Path, kind: str) -> None:
    """Measure in a process of its own, which alone knows this database."""
    environment = {**os.environ, "FANZHA_HOME": str(folder)}
    environment.pop("FANZHA_DATABASE_URL", None)
    server = None
    if kind == "postgresql":
        server, sockets = start_server(folder)
        server.psql("CREATE DATABASE imports;")
        environment["FANZHA_DATABASE_URL"] = f"postgresql://postgres@/imports?host={sockets}"
    try:
        call = [sys.executable, "-m", "benchmarks.imports", *sys.argv[1:], "--here", str(folder)]
        subprocess.run(call, env=environment, check=True)
    finally:
        if server is not None:
            server.cleanup()


def measured(folder: Path, findings: int, subjects: int, profile: bool) -> None:
    """Migrate, fill, import and print."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "fanzha.command.web.settings"
    import django

    django.setup()
    from django.db import connection
    from tests.command.people import make_world

    from fanzha.command.subjects.ingest.worker import ingest
    from fanzha.run.migration import migrate

    migrate()
    world = make_world()
    owners = [world[name].ref for name in ("carrier", "mvno", "isp")]
    if connection.vendor == "postgresql":
        fill(subjects)
    write(folder / "found", findings, owners)
    profiler = cProfile.Profile()
    clock, own, server = time.monotonic(), time.process_time(), database_seconds()
    if profile:
        profiler.enable()
    (delivery,) = ingest([folder / "found"])
    profiler.disable()
    seconds, own = time.monotonic() - clock, time.process_time() - own
    server = database_seconds() - server
    assert delivery.used == findings, delivery.problem
    tell("by the clock", findings, seconds)
    tell("CPU of the importer", findings, own)
    if server:
        tell("CPU of the database", findings, server)
        tell("CPU of both", findings, own + server)
    if profile:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(35)


def fill(subjects: int) -> None:
    """Let PostgreSQL hold so many subjects."""
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in _FILL:
            cursor.execute(statement, [subjects] if "%s" in statement else None)
        cursor.execute("VACUUM ANALYZE")


def write(folder: Path, findings: int, owners: list[str]) -> None:
    """Write findings as `fanzha analyze` does."""
    import pyarrow.parquet as pq

    from fanzha.claims.finding import to_table

    folder.mkdir()
    now = time.time_ns() // 1_000_000
    pq.write_table(to_table(made_up_findings(findings, owners, now, seed=1)), folder / "findings.parquet")


def database_seconds() -> float:
    """Return the CPU time that PostgreSQL's process for us has taken; SQLite works within this one."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def tell(what: str, findings: int, seconds: float) -> None:
    """Print a rate."""
    print(f"  {what}: {findings / seconds:,.0f} findings a second ({seconds:.1f} s)", flush=True)


if __name__ == "__main__":
    main()

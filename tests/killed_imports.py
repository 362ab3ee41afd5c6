"""Findings taken in by a process that is killed at random again and again, and what is then in the database.

`python -m tests.killed_imports KILLS FILES SEED AT` works on the site of FANZHA_HOME and prints JSON. Before each kill
a file comes to a folder and one to the spool; without kills so many of both come at once. AT (UTC ms) is when it was
all found.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import django
import msgspec
import pyarrow.parquet as pq

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanzha.command.web.settings")
django.setup()

from tests.command.people import make_world  # noqa: E402
from tests.findings import finding  # noqa: E402
from tests.killed_orders import LONGEST_SECONDS, finished, forked, void  # noqa: E402

from fanzha.claims.finding import Finding, Mode, to_table  # noqa: E402
from fanzha.command.audit.models import LogEntry  # noqa: E402
from fanzha.command.audit.verification import verify  # noqa: E402
from fanzha.command.campaigns.models import Campaign, Placement, Tie  # noqa: E402
from fanzha.command.organizations.selectors import find_organization  # noqa: E402
from fanzha.command.subjects import models  # noqa: E402
from fanzha.command.subjects.ingest.spool import spool_folder, submit_findings  # noqa: E402
from fanzha.command.subjects.ingest.worker import exclusive_importer, ingest, poll_once  # noqa: E402
from fanzha.command.web.scoping import unscoped  # noqa: E402
from fanzha.store.snapshots import SnapshotStore  # noqa: E402

OWNER, OTHER = "Example carrier", "Example isp"
ROWS = 200
DAY_MS = 86_400_000


def made_up(number: int, at: int) -> list[Finding]:
    """The findings of one file, the last of them repeated from the file before that has the same owner.

    What two owners tell belongs to whoever comes first, and that depends on the moment of a kill.
    """
    return rows(number, at) + (rows(number - 2, at)[:20] if number > 1 else [])


def rows(number: int, at: int) -> list[Finding]:
    """Numbers behind trunks, told of by several detectors and versions, some of them of the same event."""
    draw = Random(number)
    return [
        finding(
            detector=draw.choice(("burst", "sim_box")),
            version=draw.choice(("1", "2")),
            mode=Mode.LIVE,
            subject_kind="phone_number",
            subject=f"+861700{draw.randrange(300):03d}{number % 7:04d}",
            score=draw.choice((0.3, 0.6, 0.9)),
            found_at=at - place // 2 * 1_000,
            valid_until=at + 30 * DAY_MS,
            evidence=json.dumps({"trunk": f"T{draw.randrange(40)}-{number % 5}", "calls": draw.randrange(90)}),
            event_ids=(f"e{number}-{place // 2}",),
            simulated=True,
        )
        for place in range(ROWS)
    ]


def come(folder: Path, number: int, at: int, _: Callable[[str], None]) -> None:
    """Let one file come to the folder and one to the spool."""
    with unscoped("the test hands over for an organisation"):
        lines = b"\n".join(map(msgspec.json.encode, made_up(2 * number, at)))
        submit_findings(lines + b'\n{"no": "finding"}', find_organization(OTHER))
    beside = folder / f".{number}"
    beside.mkdir(parents=True)
    pq.write_table(to_table(made_up(2 * number + 1, at)), beside / "findings.parquet", row_group_size=170)
    beside.rename(folder / f"{number:04d}")


def work(folder: Path) -> None:
    """Take in whatever is there."""
    with unscoped("the test looks at everything"):
        with exclusive_importer():
            poll_once()
        ingest([folder], find_organization(OWNER))


def killed(folder: Path, seconds: float) -> bool:
    """Let a process work so long and kill it; say whether it was still at work."""

    def do(told: Callable[[str], None]) -> None:
        told("begins")
        work(folder)

    process, reads = forked(do)
    with os.fdopen(reads) as lines:
        lines.readline()
        time.sleep(seconds)
        os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("the work failed")
    return os.WIFSIGNALED(status)


def in_database() -> dict[str, Any]:
    """Return what came of it, without what differs from one run to the next; hashes where there is much."""
    with unscoped("the test looks at everything"):
        placed: dict[int, list[str]] = {}
        for campaign, subject in Placement.objects.values_list("campaign", "subject__value"):
            placed.setdefault(campaign, []).append(subject)
        figures = {
            row.pk: [row.findings, row.subjects, row.calls, round(row.heat, 6), row.top_score, row.state]
            for row in Campaign.objects.filter(pk__in=placed)
        }
        found = models.FindingRow.objects.values_list("finding_id", "owner__name_en", "subject__value", "superseded_by")
        verdicts = models.VerdictRow.objects.filter(superseded_at=None)
        counted = ("subject__value", "owner__name_en", "findings", "top_score")
        facts = [json.loads(entry.facts) for entry in LogEntry.objects.filter(kind="import")]
        return {
            "findings": sorted(map(list, found)),
            "presences": sorted(map(list, models.Presence.objects.values_list(*counted))),
            "verdicts": sorted(map(list, verdicts.values_list("subject__value", "owner__name_en", "level", "score"))),
            "campaigns": sorted([sorted(subjects), *figures[key]] for key, subjects in placed.items()),
            "ties": sorted(map(list, Tie.objects.values_list("owner__name_en", "value", "subjects", "is_hub"))),
            "deliveries": models.Delivery.objects.count(),
            "states": sorted(set(models.Delivery.objects.values_list("state", flat=True))),
            "rejected": models.RejectedRow.objects.count(),
            "logged": [sum(one[name] for one in facts) for name in ("used", "known", "rejected")],
            "left": [path.name for path in spool_folder().glob("*/*.*")],
            "unpublished": models.Unpublished.objects.count(),
            "served": _served(),
            "faults": [str(fault) for fault in verify().faults],
        }


def _served() -> int:
    """Return of how many numbers the screens are told something."""
    state = SnapshotStore().state()
    if state is None:
        return 0
    profiles = [profile for keys in state.number_keys() for profile in state.find_profiles(keys)]
    return sum(state.entry(int(profile)) is not None for profile in profiles)


def main(kills: int, files: int, seed: int, at: int) -> None:
    """Kill so many times; then let the work be finished, and print what is there."""
    home = Path(os.environ["FANZHA_HOME"])
    folder = home / "found"
    (home / "fanzha.toml").write_text(f'[verdicts]\norganisation = "{OWNER}"\n')
    finished(lambda _: void(make_world()))
    draw, hits, came = Random(seed), 0, 0
    while hits < kills or came < files:
        finished(partial(come, folder, came, at))
        came += 1
        if hits < kills:
            hits += killed(folder, draw.uniform(0.0, LONGEST_SECONDS))
    for _ in range(2):  # whatever is done twice changes nothing
        finished(lambda _: work(folder))
    found = finished(lambda told: told(json.dumps(in_database())))
    print(json.dumps({"kills": hits, "files": came, **json.loads(found[0])}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

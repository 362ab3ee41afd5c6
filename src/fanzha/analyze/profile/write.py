"""Profiles written month by month, a share of the subscribers at a time; what is done stays done."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from fanzha.analyze.gather import Watcher
from fanzha.analyze.journal import Journal
from fanzha.analyze.order import sort_table
from fanzha.analyze.profile.by_windows import profiles
from fanzha.analyze.profile.contacts import MOST_EVENTS, Contacts, write_contacts
from fanzha.analyze.profile.month import Month
from fanzha.claims.finding import legal_basis


def write_profiles(
    tables: Mapping[str, Path],
    months: Sequence[Month],
    journal: Journal,
    watcher: Watcher,
    *,
    most_events: int = MOST_EVENTS,
) -> tuple[Path, int]:
    """Write the profiles of months among sorted event tables, in order; return the file and how many they are.

    Interrupted and called again, it goes on where it was.
    """
    name = f"profiles/{months[-1].end}"
    target = journal.path(f"{name}.parquet")
    if (count := journal.recall(name, int)) is None:
        parts = [part for month in months for part in _month(tables, month, journal, watcher, most_events)]
        count, _ = sort_table(parts, target)
        journal.record(name, count)
    return target, count


def _month(
    tables: Mapping[str, Path], month: Month, journal: Journal, watcher: Watcher, most_events: int
) -> list[Path]:
    """Write a month's profiles; return a file for each share."""
    folder, name = journal.subfolder("profiles", str(month.end)), f"profiles/{month.end}/contacts"
    if (contacts := journal.recall(name, Contacts)) is None:
        watcher.stage("整理通话与短信 contacts", None)
        contacts = write_contacts(tables, month, folder / "contacts.parquet", most_events=most_events)
        journal.record(name, contacts)
    watcher.stage("用户画像 profiling", contacts.shares)
    parts = []
    for share in range(contacts.shares):
        parts.append(folder / f"{share}.parquet")
        if not parts[-1].exists():
            _share(contacts, share, month, parts[-1])
        watcher.advance()
    Path(contacts.path).unlink(missing_ok=True)
    return parts


def _share(contacts: Contacts, share: int, month: Month, target: Path) -> None:
    """Write the profiles of a share of the subscribers: whole, or not at all."""
    made = profiles(contacts.of_share(share), month, legal_basis((), *contacts.bases))
    beside = target.with_suffix(".part")
    pq.write_table(pa.Table.from_batches([made]), beside)
    beside.replace(target)

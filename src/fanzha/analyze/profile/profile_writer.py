"""Write profiles month by month and share by share; finished shares are not computed again."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from fanzha.analyze.event_order import sort_table
from fanzha.analyze.ingestion import ProgressListener
from fanzha.analyze.journal import Journal
from fanzha.analyze.profile.contacts import EVENTS_PER_SHARE, ContactsFile, write_contacts
from fanzha.analyze.profile.month import ProfileMonth
from fanzha.analyze.profile.window_profiles import compute_profiles
from fanzha.claims.finding import legal_basis


def write_profiles(
    tables: Mapping[str, Path],
    months: Sequence[ProfileMonth],
    journal: Journal,
    listener: ProgressListener,
    *,
    events_per_share: int = EVENTS_PER_SHARE,
) -> tuple[Path, int]:
    """Write the sorted profiles of months of sorted event tables; return the file and the number of profiles.

    An interrupted call is resumed.
    """
    name = f"profiles/{months[-1].end}"
    target = journal.path(f"{name}.parquet")
    if (count := journal.recall(name, int)) is None:
        parts = [part for month in months for part in _write_month(tables, month, journal, listener, events_per_share)]
        count, _ = sort_table(parts, target)
        journal.record(name, count, [target])
    return target, count


def _write_month(
    tables: Mapping[str, Path], month: ProfileMonth, journal: Journal, listener: ProgressListener, events_per_share: int
) -> list[Path]:
    """Write the profiles of a month; return one file per share."""
    folder, name = journal.subfolder("profiles", str(month.end)), f"profiles/{month.end}/contacts"
    contacts, share_name = journal.recall(name, ContactsFile), f"profiles/{month.end}/share-{{}}"
    done = set[int]()
    if contacts is not None:
        done = {share for share in range(contacts.shares) if journal.recall(share_name.format(share), bool)}
    if contacts is None or (len(done) < contacts.shares and not journal.recall(f"{name}-file", bool)):
        listener.stage("整理通话与短信 contacts", None)
        contacts = write_contacts(tables, month, folder / "contacts.parquet", events_per_share=events_per_share)
        journal.record(name, contacts)
        journal.record(f"{name}-file", True, [Path(contacts.path)])
    listener.stage("用户画像 profiling", contacts.shares)
    parts = []
    for share in range(contacts.shares):
        parts.append(folder / f"{share}.parquet")
        if share not in done:
            _write_share(contacts, share, month, parts[-1])
            journal.record(share_name.format(share), True, [parts[-1]])
        listener.advance()
    Path(contacts.path).unlink(missing_ok=True)
    return parts


def _write_share(contacts: ContactsFile, share: int, month: ProfileMonth, target: Path) -> None:
    """Write the profiles of one share atomically."""
    profiles = compute_profiles(contacts.read_share(share), month, legal_basis((), *contacts.bases))
    part_file = target.with_suffix(".part")
    pq.write_table(pa.Table.from_batches([profiles]), part_file)
    part_file.replace(target)

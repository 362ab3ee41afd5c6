"""Publish changed verdicts and lists to the screens, as a delta, or as a base if one is due.

The command plane calls this with changed verdicts. Verdicts that are published already change nothing, so a repeated
call has no effect. All changes of one call are one file.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from fanzha.base.errors import UsageError
from fanzha.claims.contents_builder import ContentsBuilder, Subject
from fanzha.claims.delta import compute_list_delta
from fanzha.claims.delta_merge import merge_all, url_entries
from fanzha.claims.evidence_collector import host_expression
from fanzha.claims.snapshot import Approval, Contents, number_key
from fanzha.claims.snapshot_entry import HOUR_MS, SnapshotEntry, build_entry
from fanzha.claims.snapshot_format.keys import NUMBERS, hash_subject
from fanzha.claims.snapshot_state import SnapshotState
from fanzha.claims.url_expressions import url_hash
from fanzha.claims.verdict import FOREVER, Case, Verdict
from fanzha.store.screen_lists import load_urls
from fanzha.store.snapshot_build import build_base
from fanzha.store.snapshot_files import CurrentSnapshot
from fanzha.store.snapshot_inputs import SnapshotInputs, build_list_sections, url_list_entry
from fanzha.store.snapshots import BaseRequired, PublishedSnapshot, SnapshotStore
from fanzha.store.verdict_settings import VerdictSettings


class SubjectState(NamedTuple):
    """The current verdicts of one subject (none: it is no longer listed) and its police case."""

    kind: str
    value: str  # canonical
    verdicts: Sequence[Verdict] = ()
    case: Case | None = None


class PublishResult(NamedTuple):
    """The current snapshot, and the number of subjects whose entry changed."""

    current: CurrentSnapshot
    changed: int


def publish_verdicts(
    store: SnapshotStore,
    states: Iterable[SubjectState],
    settings: VerdictSettings,
    *,
    at: int,
    approval: Approval | None = None,
    simulated: bool = False,
) -> PublishResult:
    """Publish the current states of subjects as of `at` (UTC ms). It takes some milliseconds.

    For an order, pass the two persons who approved it as the approval. Simulated verdicts count if `simulated` is set.
    Raise ChangeLimitExceeded, without publishing, if more changes than allowed without an approval.
    """
    if (state := store.state()) is None:
        build_base(store, SnapshotInputs(), settings, at, simulated=simulated, approval=approval)
        state = _require_state(store)
    entries = {_subject_key(subject): _build_entry(subject, at, simulated) for subject in states}
    changed = {subject: entry for subject, entry in entries.items() if _find_entry(state, subject) != entry}
    if not changed:
        return PublishResult(store.confirm(at), 0)
    contents = _build_contents(state, changed, settings)
    organization = settings.policy.organization
    try:
        published = store.publish_delta(contents, at=at, approval=approval, by=organization)
    except BaseRequired:
        _publish_new_base(store, at, organization)
        published = store.publish_delta(contents, at=at, approval=approval, by=organization)
    return PublishResult(published.current, len(changed))


def find_served_entries(store: SnapshotStore, subjects: Iterable[Subject]) -> list[SnapshotEntry | None]:
    """Return the published entries of subjects (kind, canonical value), None for subjects that are not listed."""
    state = store.state()
    return [_find_entry(state, _subject_key(SubjectState(*subject))) if state else None for subject in subjects]


def _publish_new_base(store: SnapshotStore, at: int, by: str) -> PublishedSnapshot:
    """Publish a base from the current snapshot, without fusing evidence."""
    state = _require_state(store)
    if state.base.head.salt != store.salt.hex():
        raise UsageError(
            "a new base is due and keys/snapshot is another", fix="publish one with `fanzha snapshot build`"
        )
    return store.publish_base(merge_all(state), at=at, by=by, since=state)


def _require_state(store: SnapshotStore) -> SnapshotState:
    state = store.state()
    if state is None:
        raise UsageError(f"{store.folder} holds no snapshot any more", fix="publish one with `fanzha snapshot build`")
    return state


def _subject_key(state: SubjectState) -> Subject:
    return "phone_number" if state.kind in NUMBERS else state.kind, state.value


def _build_entry(state: SubjectState, at: int, simulated: bool) -> SnapshotEntry | None:
    entry = build_entry([verdict for verdict in state.verdicts if simulated or not verdict.simulated], state.case, at)
    return entry and _round_end(entry)


def _round_end(entry: SnapshotEntry) -> SnapshotEntry:
    """Return an entry with its ends rounded down to the hour, as snapshots store them."""
    until = entry.until if entry.until == FOREVER else entry.until // HOUR_MS * HOUR_MS
    return entry._replace(until=until, next_scope=entry.next_scope and _round_end(entry.next_scope))


def _find_entry(state: SnapshotState, subject: Subject) -> SnapshotEntry | None:
    kind, value = subject
    if key := number_key(value) if kind in NUMBERS else 0:
        return state.entry(int(state.find_profiles(np.array([key], np.uint64))[0]))
    return state.entry(state.find_other_profile(hash_subject(bytes.fromhex(state.base.head.salt), kind, value)))


def _build_contents(
    state: SnapshotState, changed: Mapping[Subject, SnapshotEntry | None], settings: VerdictSettings
) -> Contents:
    """Return the changed contents. If a site or link changed, the complete list of links is replaced."""
    listing = ContentsBuilder()
    for (kind, value), entry in changed.items():
        listing.add(kind, value, entry)
    links = {link: entry for subject, entry in changed.items() if (link := host_expression(*subject))}
    if links:
        own_entries = dict.fromkeys(load_urls(), url_list_entry(settings.policy))
        url_entry_by_hash = url_entries(state) | {
            url_hash(link): entry or own_entries.get(link) for link, entry in links.items()
        }
        listing.add_url_hashes({url: entry for url, entry in url_entry_by_hash.items() if entry is not None})
    return listing.build()


def publish_state_lists(
    store: SnapshotStore, settings: VerdictSettings, at: int, *, approval: Approval | None = None
) -> int:
    """Publish the lists that differ from the current snapshot, as of `at` (UTC ms); return their number.

    Without a snapshot, return 0, because the first base includes the lists. Raise ChangeLimitExceeded or BaseRequired.
    """
    state = store.state()
    if state is None:
        return 0
    contents = compute_list_delta(state, build_list_sections(at, bytes.fromhex(state.base.head.salt)))
    if contents.lists:
        store.publish_delta(contents, at=at, approval=approval, by=settings.policy.organization)
    return len(contents.lists)

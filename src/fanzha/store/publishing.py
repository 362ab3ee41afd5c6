"""What is now said of some subjects goes out to the screens at once: a delta, or a base where one is due.

The command plane calls this with the verdicts that changed. A verdict that stands already changes nothing, so that
whatever is carried out twice does no harm; all that is said together is one file.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from fanzha.base.errors import WrongCall
from fanzha.claims.contents_builder import ContentsBuilder, Subject
from fanzha.claims.delta_merge import merge_all, url_entries
from fanzha.claims.evidence_collector import host_expression
from fanzha.claims.snapshot import Approval, Contents, number_key
from fanzha.claims.snapshot_entry import HOUR_MS, SnapshotEntry, build_entry
from fanzha.claims.snapshot_format.keys import NUMBERS, hash_subject
from fanzha.claims.snapshot_state import SnapshotState
from fanzha.claims.url_expressions import url_hash
from fanzha.claims.verdict import FOREVER, Case, Verdict
from fanzha.store.screen_lists import listed_urls
from fanzha.store.snapshot_build import build_base
from fanzha.store.snapshot_files import Current
from fanzha.store.snapshot_inputs import Inputs, listed_entry
from fanzha.store.snapshots import BaseDue, Published, Snapshots
from fanzha.store.verdict_settings import VerdictSettings


class Said(NamedTuple):
    """All that holds of one subject now: its verdicts (none: nothing is known of it any more) and its police case."""

    kind: str
    value: str  # canonical
    verdicts: Sequence[Verdict] = ()
    case: Case | None = None


class Sent(NamedTuple):
    """What is served now, and of how many subjects it says something else than before."""

    current: Current
    changed: int


def publish(
    store: Snapshots,
    said: Iterable[Said],
    settings: VerdictSettings,
    *,
    at: int,
    approval: Approval | None = None,
    simulated: bool = False,
) -> Sent:
    """Publish what now holds of subjects, as of a moment (UTC ms); takes some milliseconds.

    An order has its two persons: pass them as the approval of whatever it changes. Made-up verdicts count only where
    they are wanted. Raises TooDifferent when more changes than may without an approval; nothing is published then.
    """
    if (state := store.state()) is None:
        build_base(store, Inputs(), settings, at, simulated=simulated, approval=approval)
        state = _state(store)
    wanted = {_subject(one): _entry(one, at, simulated) for one in said}
    changed = {one: entry for one, entry in wanted.items() if _listed(state, one) != entry}
    if not changed:
        return Sent(store.confirm(at), 0)
    contents = _contents(state, changed, settings)
    organisation = settings.policy.organisation
    try:
        published = store.publish_delta(contents, at=at, approval=approval, by=organisation)
    except BaseDue:
        _publish_anew(store, at, organisation)
        published = store.publish_delta(contents, at=at, approval=approval, by=organisation)
    return Sent(published.current, len(changed))


def served(store: Snapshots, subjects: Iterable[Subject]) -> list[SnapshotEntry | None]:
    """Return what the snapshot that is served says of subjects (kind, canonical value); None where it lists none."""
    state = store.state()
    return [_listed(state, _subject(Said(*one))) if state else None for one in subjects]


def _publish_anew(store: Snapshots, at: int, by: str) -> Published:
    """Make a base of what is served: nothing is gathered or fused for it."""
    state = _state(store)
    if state.base.head.salt != store.salt.hex():
        raise WrongCall(
            "a new base is due and keys/snapshot is another", fix="publish one with `fanzha snapshot build`"
        )
    return store.publish_base(merge_all(state), at=at, by=by, since=state)


def _state(store: Snapshots) -> SnapshotState:
    state = store.state()
    if state is None:
        raise WrongCall(f"{store.folder} holds no snapshot any more", fix="publish one with `fanzha snapshot build`")
    return state


def _subject(one: Said) -> Subject:
    return "phone_number" if one.kind in NUMBERS else one.kind, one.value


def _entry(one: Said, at: int, simulated: bool) -> SnapshotEntry | None:
    entry = build_entry([each for each in one.verdicts if simulated or not each.simulated], one.case, at)
    return entry and _as_kept(entry)


def _as_kept(entry: SnapshotEntry) -> SnapshotEntry:
    """Return an entry as it is read from a snapshot: ends rounded down to the hour."""
    until = entry.until if entry.until == FOREVER else entry.until // HOUR_MS * HOUR_MS
    return entry._replace(until=until, next_scope=entry.next_scope and _as_kept(entry.next_scope))


def _listed(state: SnapshotState, subject: Subject) -> SnapshotEntry | None:
    kind, value = subject
    if key := number_key(value) if kind in NUMBERS else 0:
        return state.entry(int(state.find_profiles(np.array([key], np.uint64))[0]))
    return state.entry(state.find_other_profile(hash_subject(bytes.fromhex(state.base.head.salt), kind, value)))


def _contents(
    state: SnapshotState, changed: Mapping[Subject, SnapshotEntry | None], settings: VerdictSettings
) -> Contents:
    """Return what changed; sites stand among the links too, which are replaced as a whole."""
    listing = ContentsBuilder()
    for (kind, value), entry in changed.items():
        listing.add(kind, value, entry)
    links = {link: entry for subject, entry in changed.items() if (link := host_expression(*subject))}
    if links:
        own = dict.fromkeys(listed_urls(), listed_entry(settings.policy))
        known = url_entries(state) | {url_hash(link): entry or own.get(link) for link, entry in links.items()}
        listing.add_url_hashes({one: entry for one, entry in known.items() if entry is not None})
    return listing.build()

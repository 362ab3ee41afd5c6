"""Deltas laid together: as one delta, or with their base as a new base. Nothing that is said of anybody changes.

Every order may be a delta of its own, and each costs whoever opens a snapshot some microseconds: now and then those
that came since the base become one.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fanzha.claims.contents_builder import ContentsBuilder
from fanzha.claims.difference import match_rows, other_rows, section_digest
from fanzha.claims.snapshot import Contents, SectionData, SnapshotFile
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.snapshot_state import Overlay, SnapshotState
from fanzha.claims.url_expressions import HASH_BYTES

#: Sections that are no lists: they are compiled anew.
_OF_URLS = frozenset(["urls", "url_profiles"])
_COMPILED = _OF_URLS | {"profiles", "words", "numbers", "spilled", "others", "changed_numbers", "changed_others"}


def merge_deltas(state: SnapshotState) -> Contents:
    """Return what the deltas of a state say together, as the contents of one delta."""
    return _contents(state, *_changed_subjects(state, state.deltas), _newest_files(state.deltas))


def changes_since(state: SnapshotState, since: SnapshotState) -> Contents:
    """Return what deltas say that was not said in an earlier state, as the contents of a delta of any base."""
    deltas = [one for one in state.deltas if one.identity not in since.identities]
    keys, others = _changed_subjects(state, deltas)
    then, now = since.find_profiles(keys).tolist(), state.find_profiles(keys).tolist()
    differ = [since.entry(one) != state.entry(other) for one, other in zip(then, now, strict=True)]
    others = {one: row for one, row in others.items() if since.entry(since.find_other_profile(one)) != state.entry(row)}
    lists = {
        name: file
        for name, file in _newest_files(deltas).items()
        if name not in _COMPILED and section_digest(since, name) != file.section(name).digest
    }
    if any(one.has("urls") for one in deltas) and url_entries(state) != url_entries(since):
        lists["urls"] = _newest_files(deltas)["urls"]
    return _contents(state, keys[np.array(differ, np.bool_)], others, lists)


def merge_all(state: SnapshotState) -> Contents:
    """Return all that a state says, as the contents of a base under the same salt."""
    keys = np.concatenate([*state.number_keys(), np.zeros(0, np.uint64)])
    words, profiles, _ = match_rows(other_rows(state), other_rows(state))
    pairs = [(first, second) for first, second in words.tolist()]
    others = {pair: row for pair, row in zip(pairs, profiles.tolist(), strict=True) if row}
    return _contents(state, keys[state.find_profiles(keys) > 0], others, _newest_files(state.files))


def _changed_subjects(
    state: SnapshotState, deltas: Sequence[SnapshotFile]
) -> tuple[NDArray[np.uint64], dict[tuple[int, int], int]]:
    """Return the keys of the numbers that deltas name, and other subjects with their profile in a state."""
    overlay = Overlay(deltas, [0] * len(deltas))
    keys = np.fromiter(overlay.numbers, np.uint64, len(overlay.numbers))
    return keys, {words: state.find_other_profile(words) for words in overlay.other_subjects}


def _newest_files(files: Sequence[SnapshotFile]) -> dict[str, SnapshotFile]:
    """Return the newest file of each section."""
    return {one.name: file for file in files for one in file.head.sections}


def _contents(
    state: SnapshotState,
    keys: NDArray[np.uint64],
    others: Mapping[tuple[int, int], int],
    holders: Mapping[str, SnapshotFile],
) -> Contents:
    """Return subjects with what a state says of them, and lists, each from the file that holds it."""
    listing, profiles = ContentsBuilder(), state.find_profiles(keys)
    order = np.argsort(profiles, kind="stable")
    different, first = np.unique(profiles[order], return_index=True)
    for profile, members in zip(different.tolist(), np.split(keys[order], first[1:]), strict=False):
        listing.add_keys(members, state.entry(profile))
    for words, profile in others.items():
        listing.add_hashed(words, state.entry(profile))
    if "urls" in holders:
        listing.add_url_hashes(url_entries(state))
    return listing.build([_copy_section(file, name) for name, file in holders.items() if name not in _COMPILED])


def url_entries(state: SnapshotState) -> dict[bytes, SnapshotEntry]:
    """Return the listed URL expressions by their SHA-256."""
    file = _newest_files(state.files).get("urls")
    if file is None:
        return {}
    hashes, rows = bytes(file.section_bytes("urls")), np.frombuffer(file.section_bytes("url_profiles"), "<u4").tolist()
    start = state.starts[file.identity]
    known = ((hashes[at * HASH_BYTES : (at + 1) * HASH_BYTES], row) for at, row in enumerate(rows) if row)
    return {one: entry for one, row in known if (entry := state.entry(row + start)) is not None}


def _copy_section(file: SnapshotFile, name: str) -> SectionData:
    one = file.section(name)
    return SectionData(name, bytes(file.section_bytes(name)), one.words, one.multiplier, one.slots, one.used)

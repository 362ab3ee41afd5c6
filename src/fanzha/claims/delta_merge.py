"""Merge deltas into one delta, or a base and its deltas into a new base, without changing any entry.

Every order may publish a delta, and each delta adds some microseconds to opening a snapshot. Merging from time to time
keeps their number small.
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

#: Sections that are compiled, not copied.
_OF_URLS = frozenset(["urls", "url_profiles"])
_COMPILED = _OF_URLS | {"profiles", "words", "numbers", "spilled", "others", "changed_numbers", "changed_others"}


def merge_deltas(state: SnapshotState) -> Contents:
    """Return the deltas of a state as the contents of one delta."""
    return _contents(state, *_find_changed_subjects(state, state.deltas), _newest_files(state.deltas))


def changes_since(state: SnapshotState, since: SnapshotState) -> Contents:
    """Return what changed since an earlier state, as the contents of a delta of any base."""
    deltas = [delta for delta in state.deltas if delta.identity not in since.identities]
    keys, other_subjects = _find_changed_subjects(state, deltas)
    then, now = since.find_profiles(keys).tolist(), state.find_profiles(keys).tolist()
    differ = [since.entry(delta) != state.entry(profile) for delta, profile in zip(then, now, strict=True)]
    other_subjects = {
        delta: row
        for delta, row in other_subjects.items()
        if since.entry(since.find_other_profile(delta)) != state.entry(row)
    }
    lists = {
        name: file
        for name, file in _newest_files(deltas).items()
        if name not in _COMPILED and section_digest(since, name) != file.section(name).digest
    }
    if any(delta.has("urls") for delta in deltas) and url_entries(state) != url_entries(since):
        lists["urls"] = _newest_files(deltas)["urls"]
    return _contents(state, keys[np.array(differ, np.bool_)], other_subjects, lists)


def merge_all(state: SnapshotState) -> Contents:
    """Return a state as the contents of a base with the same salt."""
    keys = np.concatenate([*state.number_keys(), np.zeros(0, np.uint64)])
    words, profiles, _ = match_rows(other_rows(state), other_rows(state))
    pairs = [(first, second) for first, second in words.tolist()]
    other_subjects = {pair: row for pair, row in zip(pairs, profiles.tolist(), strict=True) if row}
    return _contents(state, keys[state.find_profiles(keys) > 0], other_subjects, _newest_files(state.files))


def _find_changed_subjects(
    state: SnapshotState, deltas: Sequence[SnapshotFile]
) -> tuple[NDArray[np.uint64], dict[tuple[int, int], int]]:
    """Return the keys of the numbers in the deltas, and the other subjects with their profile in the state."""
    overlay = Overlay(deltas, [0] * len(deltas))
    keys = np.fromiter(overlay.numbers, np.uint64, len(overlay.numbers))
    return keys, {words: state.find_other_profile(words) for words in overlay.other_subjects}


def _newest_files(files: Sequence[SnapshotFile]) -> dict[str, SnapshotFile]:
    """Return the newest file that has each section."""
    return {section.name: file for file in files for section in file.head.sections}


def _contents(
    state: SnapshotState,
    keys: NDArray[np.uint64],
    other_subjects: Mapping[tuple[int, int], int],
    holders: Mapping[str, SnapshotFile],
) -> Contents:
    """Return the subjects with their entries in the state, and each list from its file."""
    builder, profiles = ContentsBuilder(), state.find_profiles(keys)
    order = np.argsort(profiles, kind="stable")
    different, first = np.unique(profiles[order], return_index=True)
    for profile, members in zip(different.tolist(), np.split(keys[order], first[1:]), strict=False):
        builder.add_keys(members, state.entry(profile))
    for words, profile in other_subjects.items():
        builder.add_hashed(words, state.entry(profile))
    if "urls" in holders:
        builder.add_url_hashes(url_entries(state))
    return builder.build([_copy_section(file, name) for name, file in holders.items() if name not in _COMPILED])


def url_entries(state: SnapshotState) -> dict[bytes, SnapshotEntry]:
    """Return the entries of listed URL expressions by SHA-256."""
    file = _newest_files(state.files).get("urls")
    if file is None:
        return {}
    hashes, rows = bytes(file.section_bytes("urls")), np.frombuffer(file.section_bytes("url_profiles"), "<u4").tolist()
    start = state.starts[file.identity]
    listed = ((hashes[at * HASH_BYTES : (at + 1) * HASH_BYTES], row) for at, row in enumerate(rows) if row)
    return {url_hash: entry for url_hash, row in listed if (entry := state.entry(row + start)) is not None}


def _copy_section(file: SnapshotFile, name: str) -> SectionData:
    section = file.section(name)
    return SectionData(
        name, bytes(file.section_bytes(name)), section.words, section.multiplier, section.slots, section.used
    )

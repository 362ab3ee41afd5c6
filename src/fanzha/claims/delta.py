"""Compute the delta between a published snapshot state and new contents."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from fanzha.claims.contents_builder import ContentsBuilder
from fanzha.claims.difference import iter_all_keys, match_rows, other_rows, profile_meanings, section_digest, url_rows
from fanzha.claims.snapshot import Contents, SectionData, SnapshotFile, SnapshotHead, compile_base
from fanzha.claims.snapshot_format import comparison
from fanzha.claims.snapshot_format.profiles import decode_entry
from fanzha.claims.snapshot_state import SnapshotState


class Delta(NamedTuple):
    """Contents of a delta, with the number of subjects and lists it changes."""

    contents: Contents
    subjects: int
    lists: int


def compute_delta(before: SnapshotState, contents: Contents) -> Delta:
    """Return the difference between a state and new contents: added, changed and removed subjects, and changed lists.

    A list that is missing from the contents stays unchanged.
    """
    after = _compile_state(before, contents)
    meanings, builder = profile_meanings(before, after), ContentsBuilder()
    subjects = _add_numbers(before, after, meanings, builder) + _add_other_subjects(before, after, meanings, builder)
    lists = _find_changed_sections(before, after, contents.lists)
    if contents.urls is not None and _have_urls_changed(before, after, meanings):
        rows, words = contents.profiles.rows, list(contents.profiles.words)
        entries = {expression: decode_entry(rows, words, row) for expression, row in contents.urls.items()}
        builder.add_urls(entries)
    changed = builder.build(lists)
    return Delta(changed, subjects, len(lists) + (changed.urls is not None))


def compute_list_delta(before: SnapshotState, contents: Sequence[SectionData]) -> Contents:
    """Return the lists that differ from a state's, without subjects."""
    after = _compile_state(before, ContentsBuilder().build(contents))
    return ContentsBuilder().build(_find_changed_sections(before, after, contents))


def _compile_state(before: SnapshotState, contents: Contents) -> SnapshotState:
    snapshot_head = SnapshotHead(what="base", sequence=0, created_at=0, salt=before.base.head.salt)
    return SnapshotState(SnapshotFile(memoryview(b"".join(compile_base(contents, snapshot_head))), "wanted"))


def _find_changed_sections(
    before: SnapshotState, after: SnapshotState, lists: Sequence[SectionData]
) -> list[SectionData]:
    return [section for section in lists if section_digest(before, section.name) != section_digest(after, section.name)]


def _add_numbers(
    before: SnapshotState, after: SnapshotState, meanings: comparison.Meanings, builder: ContentsBuilder
) -> int:
    count = 0
    for keys, only_gone in iter_all_keys(before, after):
        found = np.zeros(len(keys), np.bool_)
        comparison.mark_changed(keys, before.tables, after.tables, meanings, found)
        changed = keys[found]
        profiles = after.find_profiles(changed)
        if only_gone:
            changed, profiles = changed[profiles == 0], profiles[profiles == 0]
        for profile in np.unique(profiles).tolist():
            builder.add_keys(changed[profiles == profile], after.entry(profile))
        count += len(changed)
    return count


def _add_other_subjects(
    before: SnapshotState, after: SnapshotState, meanings: comparison.Meanings, builder: ContentsBuilder
) -> int:
    words, then, now = match_rows(other_rows(before), other_rows(after))
    different = ((then == 0) != (now == 0)) | (meanings[0][then] != meanings[1][now])
    for pair, profile in zip(words[different].tolist(), now[different].tolist(), strict=True):
        builder.add_hashed((pair[0], pair[1]), after.entry(profile))
    return int(different.sum())


def _have_urls_changed(before: SnapshotState, after: SnapshotState, meanings: comparison.Meanings) -> bool:
    _, then, now = match_rows(url_rows(before), url_rows(after))
    return bool((((then == 0) != (now == 0)) | (meanings[0][then] != meanings[1][now])).any())

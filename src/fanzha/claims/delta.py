"""What must be published so that one state of a snapshot becomes another: a delta's worth of contents."""

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
    """Contents of a delta, and how many subjects and lists it changes."""

    contents: Contents
    subjects: int
    lists: int


def compute_delta(before: SnapshotState, wanted: Contents) -> Delta:
    """Return what contents change of a state: subjects that are new, different or gone, and lists that differ.

    A list that is not among the contents stays as it is.
    """
    after = _compiled(before, wanted)
    meant, listing = profile_meanings(before, after), ContentsBuilder()
    subjects = _numbers(before, after, meant, listing) + _others(before, after, meant, listing)
    lists = _differing(before, after, wanted.lists)
    if wanted.urls is not None and _urls_changed(before, after, meant):
        rows, words = wanted.profiles.rows, list(wanted.profiles.words)
        found = {expression: decode_entry(rows, words, row) for expression, row in wanted.urls.items()}
        listing.add_urls(found)
    contents = listing.build(lists)
    return Delta(contents, subjects, len(lists) + (contents.urls is not None))


def compute_list_delta(before: SnapshotState, wanted: Sequence[SectionData]) -> Contents:
    """Return those lists that differ from a state's, and nothing of subjects."""
    after = _compiled(before, ContentsBuilder().build(wanted))
    return ContentsBuilder().build(_differing(before, after, wanted))


def _compiled(before: SnapshotState, wanted: Contents) -> SnapshotState:
    head = SnapshotHead(what="base", sequence=0, created_at=0, salt=before.base.head.salt)
    return SnapshotState(SnapshotFile(memoryview(b"".join(compile_base(wanted, head))), "wanted"))


def _differing(before: SnapshotState, after: SnapshotState, lists: Sequence[SectionData]) -> list[SectionData]:
    return [one for one in lists if section_digest(before, one.name) != section_digest(after, one.name)]


def _numbers(before: SnapshotState, after: SnapshotState, meant: comparison.Meanings, listing: ContentsBuilder) -> int:
    count = 0
    for keys, only_gone in iter_all_keys(before, after):
        found = np.zeros(len(keys), np.bool_)
        comparison.mark_changed(keys, before.tables, after.tables, meant, found)
        changed = keys[found]
        profiles = after.find_profiles(changed)
        if only_gone:
            changed, profiles = changed[profiles == 0], profiles[profiles == 0]
        for profile in np.unique(profiles).tolist():
            listing.add_keys(changed[profiles == profile], after.entry(profile))
        count += len(changed)
    return count


def _others(before: SnapshotState, after: SnapshotState, meant: comparison.Meanings, listing: ContentsBuilder) -> int:
    words, then, now = match_rows(other_rows(before), other_rows(after))
    different = ((then == 0) != (now == 0)) | (meant[0][then] != meant[1][now])
    for pair, profile in zip(words[different].tolist(), now[different].tolist(), strict=True):
        listing.add_hashed((pair[0], pair[1]), after.entry(profile))
    return int(different.sum())


def _urls_changed(before: SnapshotState, after: SnapshotState, meant: comparison.Meanings) -> bool:
    _, then, now = match_rows(url_rows(before), url_rows(after))
    return bool((((then == 0) != (now == 0)) | (meant[0][then] != meant[1][now])).any())

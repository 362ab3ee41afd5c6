"""Snapshots of made-up subjects for tests: files in memory, and entries drawn by hypothesis."""

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from fanzha.claims.contents_builder import build_contents
from fanzha.claims.snapshot import SectionData, SnapshotEntry, SnapshotFile, SnapshotHead, compile_base, compile_delta
from fanzha.claims.snapshot_entry import HOUR_MS
from fanzha.claims.treatment import TREATMENTS
from fanzha.claims.verdict import CASES, DIRECTIONS, INGRESSES, LEVELS, SERVICES

AT = 1_772_323_200_000  # 2026-03-01
SALT = "5a" * 16

_single_scope = st.builds(
    SnapshotEntry,
    level=st.sampled_from(LEVELS),
    treatment=st.sampled_from(TREATMENTS),
    fraud_type=st.sampled_from(("", "brushing", "fake_bank")),
    until=st.integers(1, 5).map(lambda hours: AT + hours * HOUR_MS),
    direction=st.sampled_from(DIRECTIONS),
    service=st.sampled_from(SERVICES),
    ingress=st.sampled_from(INGRESSES),
    case=st.sampled_from(CASES),
    organization=st.sampled_from(("", "a made-up carrier", "虚构机构")),
    simulated=st.booleans(),
    next_scope=st.none(),
)
entries = st.builds(
    lambda entry, next_scope: entry._replace(next_scope=next_scope), _single_scope, st.none() | _single_scope
)


def base(subjects: Mapping[tuple[str, str], SnapshotEntry | None], lists: Sequence[SectionData] = ()) -> SnapshotFile:
    """Return a base in memory."""
    head = SnapshotHead(what="base", sequence=1, created_at=AT, salt=SALT)
    return SnapshotFile(memoryview(b"".join(compile_base(build_contents(subjects, lists), head))), "base")


def delta(
    base: SnapshotFile,
    before: SnapshotFile,
    subjects: Mapping[tuple[str, str], SnapshotEntry | None],
    lists: Sequence[SectionData] = (),
) -> SnapshotFile:
    """Return a delta of a base in memory, published after `before`."""
    head = SnapshotHead(
        what="delta",
        sequence=before.head.sequence + 1,
        created_at=AT,
        salt=SALT,
        base=base.identity,
        before=before.identity,
    )
    data = b"".join(compile_delta(build_contents(subjects, lists), head))
    return SnapshotFile(memoryview(data), f"delta {head.sequence}")

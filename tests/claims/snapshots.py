"""Snapshots of made-up subjects for tests: files in memory, and entries drawn by hypothesis."""

from collections.abc import Mapping, Sequence

from hypothesis import strategies as st

from fanzha.claims.entry import HOUR_MS
from fanzha.claims.listing import listed
from fanzha.claims.snapshot import Data, Entry, File, Head, compile_base, compile_delta
from fanzha.claims.treatment import TREATMENTS
from fanzha.claims.verdict import CASES, DIRECTIONS, INGRESSES, LEVELS, SERVICES

AT = 1_772_323_200_000  # 2026-03-01
SALT = "5a" * 16

_one = st.builds(
    Entry,
    level=st.sampled_from(LEVELS),
    treatment=st.sampled_from(TREATMENTS),
    fraud_type=st.sampled_from(("", "brushing", "fake_bank")),
    until=st.integers(1, 5).map(lambda hours: AT + hours * HOUR_MS),
    direction=st.sampled_from(DIRECTIONS),
    service=st.sampled_from(SERVICES),
    ingress=st.sampled_from(INGRESSES),
    case=st.sampled_from(CASES),
    organisation=st.sampled_from(("", "a made-up carrier", "虚构机构")),
    simulated=st.booleans(),
    also=st.none(),
)
entries = st.builds(lambda one, also: one._replace(also=also), _one, st.none() | _one)


def base(subjects: Mapping[tuple[str, str], Entry | None], lists: Sequence[Data] = ()) -> File:
    """Return a base in memory."""
    head = Head(what="base", sequence=1, created_at=AT, salt=SALT)
    return File(memoryview(b"".join(compile_base(listed(subjects, lists), head))), "base")


def delta(
    base: File, before: File, subjects: Mapping[tuple[str, str], Entry | None], lists: Sequence[Data] = ()
) -> File:
    """Return a delta of a base in memory, published after `before`."""
    head = Head(
        what="delta",
        sequence=before.head.sequence + 1,
        created_at=AT,
        salt=SALT,
        base=base.identity,
        before=before.identity,
    )
    data = b"".join(compile_delta(listed(subjects, lists), head))
    return File(memoryview(data), f"delta {head.sequence}")

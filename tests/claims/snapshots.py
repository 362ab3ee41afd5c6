"""Snapshots of made-up subjects for tests: contents, files in memory, and entries drawn by hypothesis."""

from collections.abc import Mapping, Sequence

import numpy as np
from hypothesis import strategies as st

from fanzha.claims._snapshot.profiles import Profiles
from fanzha.claims.entry import HOUR_MS
from fanzha.claims.snapshot import Contents, Data, Entry, File, Head, compile_base, compile_delta, number_key
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


def contents(listed: Mapping[tuple[str, str], Entry | None], lists: Sequence[Data] = ()) -> Contents:
    """Return subjects, by kind and canonical value, as they are compiled; None: no longer listed."""
    profiles, others = Profiles(), dict[tuple[str, str], int]()
    keys, rows = list[int](), list[int]()
    for (kind, value), entry in listed.items():
        row = profiles.add(entry) if entry is not None else 0
        key = number_key(value) if kind == "phone_number" else 0
        if key:
            keys.append(key)
            rows.append(row)
        else:
            others[kind, value] = row
    return Contents(profiles, np.array(keys, np.uint64), np.array(rows, np.int64), others, lists)


def base(listed: Mapping[tuple[str, str], Entry | None], lists: Sequence[Data] = ()) -> File:
    """Return a base in memory."""
    head = Head(what="base", sequence=1, created_at=AT, salt=SALT)
    return File(memoryview(b"".join(compile_base(contents(listed, lists), head))), "base")


def delta(base: File, before: File, listed: Mapping[tuple[str, str], Entry | None], lists: Sequence[Data] = ()) -> File:
    """Return a delta of a base in memory, published after `before`."""
    head = Head(
        what="delta",
        sequence=before.head.sequence + 1,
        created_at=AT,
        salt=SALT,
        base=base.identity,
        before=before.identity,
    )
    return File(memoryview(b"".join(compile_delta(contents(listed, lists), head))), f"delta {head.sequence}")

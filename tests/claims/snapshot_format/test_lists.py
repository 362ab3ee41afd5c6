"""Lists become sections that screens look up: the longer of two entries counts, what has no key is refused."""

import numpy as np
import pytest
from tests.claims.snapshots import AT, SALT, base

from fanzha.claims.snapshot import number_key
from fanzha.claims.snapshot_format.lists import (
    AllocatedRange,
    InboundOnly,
    OverseasChoices,
    RoamingProof,
    inbound_only_sections,
    overseas_sections,
    ranges_sections,
    roaming_section,
)
from fanzha.screen.mapped_snapshot import MappedSnapshot

SALT_BYTES = bytes.fromhex(SALT)


def test_of_two_entries_of_a_number_the_longer_counts() -> None:
    entries = [InboundOnly("110", "police", "1", until) for until in (AT + 5, None, AT + 9)]
    key = number_key("110")
    lists = MappedSnapshot(base({}, inbound_only_sections(entries, SALT_BYTES))).lists
    assert lists.inbound_only(key, AT + 10) == entries[1]
    ended = MappedSnapshot(base({}, inbound_only_sections(entries[:1], SALT_BYTES))).lists
    assert ended.inbound_only(key, AT + 4) == entries[0] and ended.inbound_only(key, AT + 5) is None
    assert ended.inbound_only(number_key("119"), AT) is None


def test_of_two_roaming_proofs_the_longer_counts() -> None:
    proofs = [RoamingProof("+8617000000001", True, AT + 5), RoamingProof("+8617000000001", False, AT + 9)]
    lists = MappedSnapshot(base({}, roaming_section(proofs, SALT_BYTES))).lists
    key = number_key("+8617000000001")
    assert (lists.roaming(key, AT + 8), lists.roaming(key, AT + 9), lists.roaming(1, AT)) == (False, None, None)


def test_entries_of_one_range_are_told_by_their_time() -> None:
    entries = [AllocatedRange("1700", "x", "", "", "", None, AT), AllocatedRange("1700", "y", "", "", "", AT, None)]
    lists = MappedSnapshot(base({}, ranges_sections(entries, SALT_BYTES))).lists
    before, after = lists.allocated("17000000001", AT - 1), lists.allocated("17000000001", AT)
    assert before is not None and after is not None and (before.operator, after.operator) == ("x", "y")


def test_a_number_without_a_key_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 15 digits"):
        inbound_only_sections([InboundOnly("0571", "o", "b")], SALT_BYTES)


def test_without_lists_nothing_is_known() -> None:
    lists = MappedSnapshot(base({})).lists
    assert lists.protected == {} and lists.rules.rules == () and lists.urls(b"") == []
    asked = [lists.roaming(1, AT), lists.allocated("170", AT), lists.inbound_only(1, AT)]
    assert asked == [None] * 3


def test_overseas_choices_are_looked_up_with_their_exceptions() -> None:
    refusing, announcing, excepting, aunt = 8617000000001, 8617000000002, 8617000000003, 12025550100
    keys = np.array([excepting, announcing, refusing], np.uint64)
    choices = OverseasChoices(keys, np.array([False, True, False]), {excepting: [aunt, 4420], announcing: []})
    lists = MappedSnapshot(base({}, overseas_sections(choices, SALT_BYTES))).lists
    assert [lists.overseas_choice(key, 4477) for key in (refusing, announcing, excepting)] == [
        "refuse", "announce", "refuse",
    ]  # fmt: skip
    assert lists.overseas_choice(excepting, aunt) == "" and lists.overseas_choice(refusing, aunt) == "refuse"
    assert lists.overseas_choice(8617000000009, aunt) == "" and lists.overseas_choice(0, aunt) == ""
    empty = OverseasChoices(np.array([], np.uint64), np.array([], np.bool_))
    assert MappedSnapshot(base({}, overseas_sections(empty, SALT_BYTES))).lists.overseas_choice(refusing, 1) == ""
    assert MappedSnapshot(base({})).lists.overseas_choice(refusing, 1) == ""

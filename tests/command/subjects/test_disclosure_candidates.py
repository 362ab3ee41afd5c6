"""A value is one candidate of the gate of disclosure; its mask groups the values that guessing tries."""

from fanzha.command.subjects.canonical import canonicalize
from fanzha.command.subjects.disclosure_candidates import build_candidate


def test_numbers_that_differ_in_hidden_digits_share_their_mask() -> None:
    first, second = (build_candidate(canonicalize("phone_number", f"+86138{n:03}17777")) for n in (1, 2))
    assert first.mask == second.mask != "" and first.key != second.key and first.weight == 1


def test_a_mask_that_hides_the_end_groups_nothing() -> None:
    assert build_candidate(canonicalize("account", "wechat:abc_123456"), 0, "wx abc_123456")[2:] == (
        "",
        0,
        "wx abc_123456",
    )

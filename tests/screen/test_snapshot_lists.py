"""Protected numbers are recognised whole and at the end of a longer number."""

import pytest

from fanzha.screen.snapshot_lists import ProtectedNumberMatcher

PROTECTED = ("95588", "01012345678", "110")


@pytest.mark.parametrize(("canonical", "expected"), [("95588", True), ("+861012345678", True), ("95599", False)])
def test_a_protected_number_is_recognised_in_its_canonical_form(canonical: str, expected: bool) -> None:
    assert ProtectedNumberMatcher(PROTECTED).matches(canonical) is expected


@pytest.mark.parametrize(("digits", "expected"), [("0086195588", True), ("95588", False), ("4400110", False)])
def test_only_a_longer_number_with_a_long_enough_ending_matches_by_its_end(digits: str, expected: bool) -> None:
    assert ProtectedNumberMatcher(PROTECTED).matches_suffix(digits) is expected

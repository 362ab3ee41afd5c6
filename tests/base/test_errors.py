"""Errors tell the operator what happened and what to do, and carry the exit code."""

import pytest

from fanzha.base.errors import FanzhaError, Malformed, NothingUsable, RejectsFound, UsageError


def test_the_fix_stands_below_what_happened() -> None:
    assert str(UsageError("no such table: sms", fix="see fanzha schema")) == "no such table: sms\n  see fanzha schema"


def test_without_a_fix_only_what_happened_is_said() -> None:
    assert str(FanzhaError("the disk is full")) == "the disk is full"


@pytest.mark.parametrize(("error", "code"), [(UsageError, 2), (NothingUsable, 3), (RejectsFound, 4)])
def test_exit_codes_are_those_of_the_design(error: type[FanzhaError], code: int) -> None:
    assert error("x").exit_code == code


def test_a_malformed_value_is_a_value_error_with_a_reason() -> None:
    with pytest.raises(ValueError, match="too long") as caught:
        raise Malformed("too long")
    assert isinstance(caught.value, Malformed)
    assert caught.value.reason == "too long"

"""Looks and parts of pages name themselves."""

from fanzha.command.captures.models import Capture, CapturedAsset


def test_a_look_and_a_part_name_themselves() -> None:
    assert str(Capture(ref="r1")) == "look r1"
    assert str(CapturedAsset(kind="icon", value="ab")) == "icon ab"

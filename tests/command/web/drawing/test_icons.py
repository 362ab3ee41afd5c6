"""Signs are drawn by name, and say nothing to readers of screens, for a word stands beside each."""

import re
from pathlib import Path

import pytest

import fanzha.command
from fanzha.command.web.drawing.icons import ICONS, icon

COMMAND = Path(next(iter(fanzha.command.__path__)))


def test_a_sign_is_passed_over_by_readers_of_screens() -> None:
    assert 'aria-hidden="true"' in icon("check")


def test_a_sign_that_is_not_drawn_is_a_fault() -> None:
    with pytest.raises(KeyError):
        icon("unicorn")


def test_every_sign_that_a_template_names_is_drawn() -> None:
    named = {
        name
        for path in COMMAND.rglob("templates/**/*.html")
        for name in re.findall(r'\{% icon "([a-z]+)"|\bicon="([a-z]+)"', path.read_text("utf-8"))
        for name in name
        if name
    }
    assert named
    assert named - set(ICONS) == set()

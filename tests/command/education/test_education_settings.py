"""Who teaches on the public pages: whom the settings name, else who receives the reports of the public."""

from pathlib import Path

import pytest
from tests.command.people import World

from fanzha.base.errors import UsageError
from fanzha.command.education.education_settings import find_teaching_organization

pytestmark = pytest.mark.django_db


def test_the_only_centre_teaches_unless_another_one_is_named(world: World, home: Path) -> None:
    assert find_teaching_organization() == world["centre"]
    (home / "fanzha.toml").write_text(f'[education]\norganization = "{world["carrier"].ref}"\n', "utf-8")
    assert find_teaching_organization() == world["carrier"]
    (home / "fanzha.toml").write_text(f'[education]\norganization = "{world["bank"].ref}"\n', "utf-8")
    assert find_teaching_organization() is None


def test_wrong_settings_are_named_with_their_file(home: Path) -> None:
    (home / "fanzha.toml").write_text("[education]\nwho = 1\n", "utf-8")
    with pytest.raises(UsageError, match="education"):
        find_teaching_organization()

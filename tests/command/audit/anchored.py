"""Folders outside in which the tests keep anchors, as an operator names them in the settings."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fanzha.store.state_folder import state_folder


@pytest.fixture
def outside(tmp_path: Path, db: None) -> Iterator[Path]:
    """A folder that the settings name; its parent is another machine's mount."""
    folder = tmp_path / "mounted" / "anchors"
    folder.mkdir(parents=True)
    settings = state_folder() / "fanzha.toml"
    settings.write_text(f'[site]\nanchors = ["{folder}"]\n')
    yield folder
    settings.unlink()


def files(folder: Path) -> list[Path]:
    """The anchors that lie in a folder."""
    return sorted(folder.rglob("*.anchor"))

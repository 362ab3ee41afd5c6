"""The command reads a file on a basis, says what was found in both languages, and why nothing was read."""

import io
from pathlib import Path

import pytest
from rich.console import Console
from tests.command.exposures.exposures_made import NUMBER, SITE, confirmed_basis, log_of, site_order
from tests.command.people import World, make_world

from fanzha.base.errors import UsageError
from fanzha.run.exposure_files import exposures_as_json, print_exposures, read_exposures

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    return make_world()


def test_a_file_is_read_and_its_counts_are_printed(world: World, tmp_path: Path) -> None:
    site_order(world)
    path = tmp_path / "log.csv"
    path.write_bytes(log_of((NUMBER, SITE), ("nobody", SITE)))
    file = read_exposures(path, "Example carrier", confirmed_basis(world).ref)
    counts = exposures_as_json(file)
    assert (counts["state"], counts["people"], counts["rejects"]) == ("done", 1, {"number": 1})
    printed = Console(file=io.StringIO(), width=200)
    print_exposures(printed, file)
    text = printed.file.getvalue()  # type: ignore[attr-defined]
    assert "涉及 people 1" in text and "no telephone number" in text


def test_without_a_basis_or_organisation_nothing_is_read(world: World, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(log_of((NUMBER, SITE)))
    with pytest.raises(UsageError, match="no such basis"):
        read_exposures(path, "Example carrier", "nothing")
    with pytest.raises(UsageError, match="no organisation"):
        read_exposures(path, "nobody", "nothing")
    path.write_bytes(b"a,b\n")
    with pytest.raises(UsageError, match="columns are missing"):
        read_exposures(path, "Example carrier", confirmed_basis(world).ref)

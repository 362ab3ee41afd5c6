"""Files of watched folders are taken in once they are complete; refused ones are set aside unread."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.exposures.exposures_made import NUMBER, SITE, confirmed_basis, log_of, site_order
from tests.command.people import World

from fanzha.command.exposures.bases import withdraw_basis
from fanzha.command.exposures.file_inbox import FOLDER, REFUSED, REFUSED_DAYS, remove_old_files, take_files
from fanzha.command.exposures.intake import read_file
from fanzha.command.exposures.log_files import ADDRESS_FOLDER
from fanzha.command.exposures.models import ExposureBasis, ExposureFile
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def put(basis: ExposureBasis, name: str, content: bytes, age: float = 60.0, folder: str = FOLDER) -> Path:
    path = Path(os.environ["FANZHA_HOME"]) / folder / basis.ref / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    at = timezone.now().timestamp() - age
    os.utime(path, (at, at))
    return path


def test_complete_files_are_taken_read_and_removed(world: World) -> None:
    site_order(world)
    basis = confirmed_basis(world)
    path, again = put(basis, "a.csv", log_of((NUMBER, SITE))), put(basis, "b.csv", log_of((NUMBER, SITE)))
    unfinished = [put(basis, "c.csv", b"x", age=0), put(basis, "d.csv.part", b"x"), put(basis, ".e.csv", b"x")]
    again.write_bytes(path.read_bytes())
    os.utime(again, (0, 0))
    (file,) = take_files(timezone.now())
    assert (file.file_name, file.owner, file.handed_in_by) == ("a.csv", world["carrier"], None)
    assert not path.exists() and not again.exists() and all(other.exists() for other in unfinished)
    read_file(file.pk)
    file.refresh_from_db()
    assert (file.state, file.people) == ("done", 1)


def test_a_file_without_a_valid_basis_is_set_aside_and_listed(world: World) -> None:
    basis = confirmed_basis(world)
    withdraw_basis(basis, world.person("carrier", Role.LIAISON))
    path, empty = put(basis, "a.csv", log_of((NUMBER, SITE))), put(confirmed_basis(world), "b.csv", b"")
    assert take_files(timezone.now()) == []
    assert (path.parent / REFUSED / "a.csv").is_file() and (empty.parent / REFUSED / "b.csv").is_file()
    assert [file.state for file in ExposureFile._base_manager.all()] == ["refused"]
    assert take_files(timezone.now()) == []


def test_what_no_basis_allows_to_read_does_not_stay(world: World) -> None:
    kept, over = confirmed_basis(world), confirmed_basis(world)
    tables = [put(basis, "sessions.csv", b"x", folder=ADDRESS_FOLDER) for basis in (kept, over)]
    withdraw_basis(over, world.person("carrier", Role.LIAISON))
    refused = put(over, "a.csv", log_of((NUMBER, SITE)))
    take_files(timezone.now())
    misspelt = put(ExposureBasis(ref="Z" * 26), "a.csv", b"x")
    dead = put(kept, "b.csv.part", b"x")
    assert remove_old_files(timezone.now()) == 1
    assert [table.exists() for table in tables] == [True, False]
    aside = refused.parent / REFUSED / "a.csv"
    assert aside.exists() and misspelt.exists() and dead.exists()
    remove_old_files(timezone.now() + timedelta(days=REFUSED_DAYS, minutes=1))
    assert not any(path.exists() for path in (aside, misspelt, dead)) and tables[0].exists()

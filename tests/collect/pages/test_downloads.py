"""Files that a page handed out are copied from the browser's own folder alone, whatever the browser says."""

import hashlib
from pathlib import Path

import pytest

from fanzha.collect.pages import downloads
from fanzha.collect.pages.downloads import MOST_DOWNLOADS, store_downloads
from fanzha.store.look_record import DownloadFacts, PersonaVisit

GUID = "0f2c1a9e-7f51-4a4b-9a44-5a1d0c6be001"


def store(tmp_path: Path, *names: str) -> tuple[DownloadFacts, ...]:
    (tmp_path / "evidence").mkdir(exist_ok=True)
    facts = tuple(DownloadFacts("http://p.example/a", "a.apk", 5, name) for name in names)
    visit = PersonaVisit("phone", downloads=facts)
    return store_downloads(visit, tmp_path / "look", tmp_path / "evidence").downloads


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "look" / "downloads").mkdir(parents=True)
    (tmp_path / "secret").write_bytes(b"key of the site")
    return tmp_path / "look" / "downloads"


def test_a_file_is_stored_under_its_hash(tmp_path: Path, folder: Path) -> None:
    (folder / GUID).write_bytes(b"an app")
    (stored,) = store(tmp_path, GUID)
    assert stored.sha256 == hashlib.sha256(b"an app").hexdigest() and stored.size == 6
    assert (tmp_path / "evidence" / "downloads" / stored.sha256).read_bytes() == b"an app"
    assert not (folder / GUID).exists()


@pytest.mark.parametrize("kind", ["absolute", "parent", "link", "hard link", "pipe"])
def test_a_file_elsewhere_is_never_moved(tmp_path: Path, folder: Path, kind: str) -> None:
    import os

    secret, name = tmp_path / "secret", GUID
    if kind in ("absolute", "parent"):
        name = str(secret) if kind == "absolute" else "../../secret"
    elif kind == "link":
        (folder / GUID).symlink_to(secret)
    elif kind == "hard link":
        (folder / GUID).hardlink_to(secret)
    else:
        os.mkfifo(folder / GUID)
    (stored,) = store(tmp_path, name)
    assert stored.sha256 == "" and secret.read_bytes() == b"key of the site"
    assert not (tmp_path / "evidence" / "downloads").exists()


def test_a_folder_that_is_a_link_is_not_followed(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / GUID).write_bytes(b"key")
    folder.rmdir()
    folder.symlink_to(tmp_path / "keys")
    assert store(tmp_path, GUID)[0].sha256 == "" and (tmp_path / "keys" / GUID).exists()


def test_number_and_bytes_of_files_are_limited(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "MOST_DOWNLOAD_BYTES", 10)
    names = [GUID[:-3] + f"{number:03}" for number in range(MOST_DOWNLOADS + 5)]
    for name in names:
        (folder / name).write_bytes(name[-6:].encode())
    stored = store(tmp_path, *names)
    assert len(stored) == MOST_DOWNLOADS and [bool(each.sha256) for each in stored[:3]] == [True, False, False]

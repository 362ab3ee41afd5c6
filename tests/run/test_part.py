"""A part of the site runs as a process of its own, and tells the operator what is wrong without a traceback."""

from pathlib import Path

from tests.run.running_site import run

from fanzha.run.part import PARTS, part


def test_every_part_is_called_by_its_name() -> None:
    assert set(PARTS) == {"migrate", "site", "worker", "importer", "jobs", "regular", "restore_database", "story"}
    assert part("site", "127.0.0.1", "8470")[1:] == ["-m", "fanzha.run.part", "site", "127.0.0.1", "8470"]


def test_wrong_settings_are_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "fanzha.toml").write_text('[site]\nhosts = ["fanzha.example"]\n')
    done = run(tmp_path, "fanzha.run.part", "migrate")
    assert done.returncode == 1
    assert "is no https:// address" in done.stderr
    assert "Traceback" not in done.stderr

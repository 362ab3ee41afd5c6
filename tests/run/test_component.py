"""A component of the site runs as a process of its own and reports wrong settings without a traceback."""

from pathlib import Path

from tests.run.running_site import run_module

from fanzha.run.component import COMPONENTS, component_command


def test_every_part_is_called_by_its_name() -> None:
    assert set(COMPONENTS) == {
        "migrate",
        "site",
        "worker",
        "importer",
        "deliver",
        "site_watch",
        "feeds",
        "zone",
        "prober",
        "looker",
        "jobs",
        "regular",
        "restore_database",
        "demo_data",
        "demo_sources",
    }
    assert component_command("site", "127.0.0.1", "8470")[1:] == [
        "-m",
        "fanzha.run.component",
        "site",
        "127.0.0.1",
        "8470",
    ]


def test_wrong_settings_are_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "fanzha.toml").write_text('[site]\nhosts = ["fanzha.example"]\n')
    completed = run_module(tmp_path, "fanzha.run.component", "migrate")
    assert completed.returncode == 1
    assert "is no https:// address" in completed.stderr
    assert "Traceback" not in completed.stderr

"""Changes of settings and maps are noticed; what cannot be loaded leaves the former settings in use."""

import time
from collections.abc import Callable
from pathlib import Path

from fanzha.analyze.watch.change_monitor import ChangeMonitor
from fanzha.base.errors import UsageError


def take_any(path: Path) -> None:
    """Take any map."""


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_changed_settings_are_loaded() -> None:
    settings = ["one"]
    monitor = ChangeMonitor(lambda: settings[0], lambda: (), take_any, lambda: settings[0], print, 0.02)
    assert monitor.new_settings is None
    settings[0] = "two"
    wait_until(lambda: monitor.new_settings == "two")
    monitor.close()


def test_a_changed_map_is_noticed_and_a_new_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.toml"
    path.write_text("1")
    monitor = ChangeMonitor(lambda: "", lambda: tmp_path.glob("*.toml"), take_any, lambda: True, print, 0.02)
    (tmp_path / "b.csv.toml").write_text("1")
    time.sleep(0.2)
    assert monitor.new_settings is None
    (tmp_path / "b.csv.toml").write_text("longer")
    wait_until(lambda: monitor.new_settings is True)
    monitor.close()


def test_what_cannot_be_loaded_is_said_and_the_next_change_is_tried() -> None:
    settings, said = ["one"], list[str]()

    def load() -> str:
        if settings[0] == "bad":
            raise UsageError("no such column")
        return settings[0]

    monitor = ChangeMonitor(lambda: settings[0], lambda: (), take_any, load, said.append, 0.02)
    settings[0] = "bad"
    wait_until(lambda: bool(said))
    assert monitor.new_settings is None and "no such column" in said[0]
    settings[0] = "three"
    wait_until(lambda: monitor.new_settings == "three")
    assert len(said) == 1
    monitor.close()


def test_a_map_that_is_not_valid_or_gone_is_said_once_and_changes_nothing(tmp_path: Path) -> None:
    path, said, settings = tmp_path / "map.toml", list[str](), ["one"]
    path.write_text("good")

    def check(path: Path) -> None:
        if path.read_text() == "half":
            raise UsageError("half a map")

    monitor = ChangeMonitor(lambda: settings[0], lambda: [path], check, lambda: settings[0], said.append, 0.02)
    path.write_text("half")
    wait_until(lambda: len(said) == 1)
    path.unlink()
    wait_until(lambda: len(said) == 2)
    time.sleep(0.1)
    assert monitor.new_settings is None and "half a map" in said[0] and "No such file" in said[1] and len(said) == 2
    path.write_text("good again")
    wait_until(lambda: monitor.new_settings == "one")
    monitor.close()

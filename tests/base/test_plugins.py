"""Plug-ins are found by folder and by entry point, and a faulty one is named at once."""

import sys
from abc import ABC
from collections.abc import Iterator
from pathlib import Path

import pytest

from fanzha.base.plugins import load


class Greeting(ABC):  # noqa: B024  (what a room asks of its plug-ins, at its smallest)
    name = ""


SOURCE = "from {here} import Greeting\nclass Own(Greeting):\n    name = {name!r}\nPLUGIN = Own()\n"


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package `greetings` to put plug-in modules into, forgotten after the test."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "greeting_contract", sys.modules[__name__])
    folder = tmp_path / "greetings"
    folder.mkdir()
    (folder / "__init__.py").touch()
    yield folder
    for module in [name for name in sys.modules if name.split(".")[0] in ("greetings", "outside_greeting")]:
        del sys.modules[module]


def plugin(folder: Path, module: str, name: str) -> None:
    (folder / f"{module}.py").write_text(SOURCE.format(here="greeting_contract", name=name))


def install(folder: Path, module: str, name: str) -> None:
    """Lay a distribution beside the room, as pip would: a module and its dist-info with an entry point."""
    plugin(folder, module, name)
    info = folder / "outside_greeting-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: outside-greeting\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[greetings]\n{name} = {module}:PLUGIN\n")


def test_every_module_of_the_folder_is_a_plug_in_in_the_order_of_their_names(room: Path) -> None:
    plugin(room, "one", "hello")
    plugin(room, "two", "again")
    assert list(load("greetings", "PLUGIN", Greeting)) == ["again", "hello"]


def test_a_module_with_an_underscore_is_none(room: Path) -> None:
    plugin(room, "_contract", "hidden")
    assert load("greetings", "PLUGIN", Greeting) == {}


def test_a_sub_package_is_shared_code_and_none(room: Path) -> None:
    plugin(room, "one", "hello")
    (room / "shared").mkdir()
    (room / "shared" / "__init__.py").touch()
    assert list(load("greetings", "PLUGIN", Greeting)) == ["hello"]


def test_a_package_from_outside_joins_by_entry_point(room: Path) -> None:
    plugin(room, "one", "hello")
    install(room.parent, "outside_greeting", "from_outside")
    assert list(load("greetings", "PLUGIN", Greeting)) == ["hello", "from_outside"]


def test_two_plug_ins_of_one_name_are_refused_and_the_second_is_named(room: Path) -> None:
    plugin(room, "one", "hello")
    install(room.parent, "outside_greeting", "hello")
    with pytest.raises(TypeError, match=r"called 'hello'; the second is hello \(outside_greeting:PLUGIN\)"):
        load("greetings", "PLUGIN", Greeting)


def test_a_module_without_the_object_is_named(room: Path) -> None:
    (room / "empty.py").touch()
    with pytest.raises(TypeError, match=r"greetings\.empty must define one PLUGIN of type Greeting"):
        load("greetings", "PLUGIN", Greeting)


def test_an_object_of_another_type_is_refused(room: Path) -> None:
    (room / "wrong.py").write_text("PLUGIN = 7\n")
    with pytest.raises(TypeError, match=r"greetings\.wrong"):
        load("greetings", "PLUGIN", Greeting)

"""Plug-ins are found by folder and by entry point, and a faulty one is named at once."""

import sys
from abc import ABC
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from fanzha.base.plugins import PluginError, PluginFault, load
from fanzha.base.words import Words


class Greeting(ABC):
    name = ""
    title: ClassVar[str]


SOURCE = "from {here} import Greeting\nclass Own(Greeting):\n    name = {name!r}\n    title = ''\nPLUGIN = Own()\n"


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


def fault(package: str = "greetings") -> str:
    with pytest.raises(PluginError) as error:
        load(package, "PLUGIN", Greeting)
    assert error.value.exit_code == 2
    return str(error.value)


def install_text(folder: Path, text: str, *, target: str = "outside_greeting:PLUGIN") -> None:
    """Install a distribution whose module has this text, and whose entry point names `target`."""
    install(folder, "outside_greeting", "hello")
    (folder / "outside_greeting.py").write_text(text)
    points = folder / "outside_greeting-1.0.dist-info" / "entry_points.txt"
    points.write_text(f"[greetings]\nhello = {target}\n")


def test_two_plug_ins_of_one_name_are_refused_and_both_are_named(room: Path) -> None:
    plugin(room, "one", "hello")
    install(room.parent, "outside_greeting", "hello")
    message = fault()
    assert "plug-in hello (outside_greeting:PLUGIN) of the package outside-greeting 1.0" in message
    assert "the name 'hello' is already that of plug-in greetings.one" in message
    assert "软件包 outside-greeting 1.0 的插件 hello" in message
    assert "pip uninstall outside-greeting" in message


def test_a_module_without_the_object_is_named(room: Path) -> None:
    (room / "empty.py").touch()
    assert "plug-in greetings.empty: the module greetings.empty does not define PLUGIN" in fault()


def test_an_object_of_another_type_is_refused(room: Path) -> None:
    (room / "wrong.py").write_text("PLUGIN = 7\n")
    assert "plug-in greetings.wrong: PLUGIN is a int, no Greeting" in fault()


def test_a_class_in_place_of_an_object_is_refused_with_the_line_to_write(room: Path) -> None:
    install_text(room.parent, SOURCE.format(here="greeting_contract", name="hello"), target="outside_greeting:Own")
    message = fault()
    assert "Own is a class, not an object" in message
    assert "PLUGIN = Own()" in message


def test_a_missing_attribute_is_named(room: Path) -> None:
    install_text(room.parent, "from greeting_contract import Greeting\nclass Own(Greeting): ...\nPLUGIN = Own()\n")
    assert "Own lacks `title`" in fault()


def test_an_entry_point_of_a_missing_object_is_refused(room: Path) -> None:
    install_text(room.parent, "", target="outside_greeting:PLUGIN")
    assert "the module outside_greeting does not define PLUGIN" in fault()


def test_an_entry_point_of_a_missing_module_is_refused(room: Path) -> None:
    install_text(room.parent, "", target="greeting_nowhere:PLUGIN")
    message = fault()
    assert "the module greeting_nowhere cannot be imported" in message
    assert "No module named 'greeting_nowhere'" in message


def test_a_module_that_fails_on_import_is_refused_with_its_error(room: Path) -> None:
    install_text(room.parent, "1 / 0\n")
    assert "ZeroDivisionError: division by zero" in fault()


def test_a_fault_that_a_room_finds_is_given_its_origin(room: Path) -> None:
    def refuse(greeting: Greeting) -> None:
        raise PluginFault(Words("不礼貌", "it is impolite"), Words("改", "mend it"), "detail")

    plugin(room, "one", "hello")
    with pytest.raises(PluginError, match=r"plug-in greetings\.one: it is impolite\n  .*不礼貌\n  detail\n  fix: mend"):
        load("greetings", "PLUGIN", Greeting, refuse)

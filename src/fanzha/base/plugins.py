"""Find plug-ins: every module of a folder is one, and packages from outside join by entry point.

A plug-in module defines one object under the name its room asks for (`KIND`, `DETECTOR`, `READER`, …). Modules that
begin with an underscore and sub-packages (`fanzha.kinds.numbering`) are shared code, not plug-ins. A package from
outside names such an object in the entry-point group of the room, e.g. `[project.entry-points."fanzha.detect"]`.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial, reduce
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar

from fanzha.base.errors import FanzhaError
from fanzha.base.words import Words

T = TypeVar("T")


@dataclass(frozen=True)
class PluginOrigin:
    """Where a plug-in comes from: a module of Fanzha, or an entry point of an installed package."""

    target: str  # module and object, e.g. "your_package.silent_calls:DETECTOR"
    entry_point: str = ""  # name of the entry point; "" for a module of Fanzha
    package: str = ""  # name of the installed package, if its metadata has one
    version: str = ""

    @property
    def words(self) -> Words:
        """The origin in words."""
        if not self.entry_point:
            return Words(f"插件 {self.target}", f"plug-in {self.target}")
        package = f"{self.package} {self.version}".strip()
        return Words(
            f"软件包 {package or '（未署名）'} 的插件 {self.entry_point}（{self.target}）",
            f"plug-in {self.entry_point} ({self.target}) of the package {package or '(without a name)'}",
        )


class PluginError(FanzhaError):
    """A plug-in cannot be loaded (exit 2); the message names its package and entry point."""

    def __init__(self, origin: PluginOrigin, fault: "PluginFault") -> None:
        what, fix = fault.what, fault.fix
        remove = (
            Words(
                f"；或移除该软件包：pip uninstall {origin.package}",
                f"; or remove the package: pip uninstall {origin.package}",
            )
            if origin.package
            else Words("", "")
        )
        super().__init__(
            "\n  ".join(
                [
                    f"{origin.words.en}: {what.en}",
                    f"{origin.words.zh}：{what.zh}",
                    *fault.detail.splitlines(),
                ]
            ),
            fix=f"fix: {fix.en}{remove.en}\n  改法：{fix.zh}{remove.zh}",
        )


class PluginFault(Exception):
    """A fault of a plug-in; a room's `validate` raises it, and `load` adds the origin.

    `detail` is the message of the underlying error, not translated.
    """

    def __init__(self, what: Words, fix: Words, detail: str = "") -> None:
        super().__init__(what.en)
        self.what = what
        self.fix = fix
        self.detail = detail


def load(
    package: str, attribute: str, type_: type[T], validate: Callable[[T], None] = lambda plugin: None
) -> dict[str, T]:
    """Return the plug-ins of a package by their `name`, built-in ones first, each in name order.

    Raise PluginError if a plug-in cannot be imported, is of another type, lacks an attribute that `type_` annotates,
    has the name of another one, or if `validate` raises PluginFault.
    """
    checked = partial(_load_checked, attribute=attribute, type_=type_, validate=validate)
    built_in = sorted((checked(origin, find) for origin, find in _built_in(package, attribute)), key=_name)
    plugins: dict[str, _Loaded[T]] = {}
    for loaded in [*built_in, *(checked(origin, find) for origin, find in _from_outside(package))]:
        name = _name(loaded)
        if name in plugins:
            raise PluginError(loaded.origin, _duplicate_name(name, plugins[name].origin))
        plugins[name] = loaded
    return {name: loaded.plugin for name, loaded in plugins.items()}


@dataclass(frozen=True)
class _Loaded(Generic[T]):
    origin: PluginOrigin
    plugin: T


def _load_checked(
    origin: PluginOrigin,
    find: Callable[[], object],
    *,
    attribute: str,
    type_: type[T],
    validate: Callable[[T], None],
) -> _Loaded[T]:
    try:
        plugin = _check_type(find(), attribute, type_)
        validate(plugin)
    except PluginFault as fault:
        raise PluginError(origin, fault) from fault
    return _Loaded(origin, plugin)


def _name(loaded: _Loaded[T]) -> str:
    return str(getattr(loaded.plugin, "name", loaded.origin.target))


def _built_in(package: str, attribute: str) -> Iterator[tuple[PluginOrigin, Callable[[], object]]]:
    folder = importlib.import_module(package)
    found = pkgutil.iter_modules(folder.__path__)
    names = [module.name for module in found if not module.name.startswith("_") and not module.ispkg]
    for name in names:
        module = f"{package}.{name}"
        yield PluginOrigin(module), partial(_import_object, module, attribute)


def _from_outside(package: str) -> Iterator[tuple[PluginOrigin, Callable[[], object]]]:
    for point in sorted(entry_points(group=package), key=lambda point: point.name):
        yield _origin(point), partial(_import_entry_point, point)


def load_objects(group: str) -> Iterator[tuple[PluginOrigin, object]]:
    """Yield the objects that installed packages name in an entry-point group, by the name of the entry point.

    Raise PluginError if one cannot be imported.
    """
    for origin, find in _from_outside(group):
        try:
            yield origin, find()
        except PluginFault as fault:
            raise PluginError(origin, fault) from fault


def _origin(point: EntryPoint) -> PluginOrigin:
    name, version = (point.dist.name, point.dist.version) if point.dist else ("", "")
    return PluginOrigin(point.value, point.name, name, version)


def _import_object(module: str, attribute: str) -> object:
    return _find_object(importlib.import_module(module), attribute)


def _import_entry_point(point: EntryPoint) -> object:
    """Return the object of an entry point; PluginFault if its module cannot be imported."""
    try:
        module = importlib.import_module(point.module)
    except Exception as error:
        raise PluginFault(
            Words(f"模块 {point.module} 无法导入", f"the module {point.module} cannot be imported"),
            Words(
                "更正入口点或模块，然后重新安装该软件包",
                "correct the entry point or the module, and install the package again",
            ),
            str(error) if isinstance(error, FanzhaError) else f"{type(error).__name__}: {error}",
        ) from error
    return _find_object(module, point.attr)


def _find_object(module: object, attribute: str) -> object:
    try:
        return reduce(getattr, attribute.split(".") if attribute else [], module)
    except AttributeError as error:
        name = getattr(module, "__name__", "")
        raise PluginFault(
            Words(f"模块 {name} 没有定义 {attribute}", f"the module {name} does not define {attribute}"),
            Words(
                f"在模块末尾写 {attribute} = YourClass()，或更正入口点",
                f"end the module with {attribute} = YourClass(), or correct the entry point",
            ),
        ) from error


def _check_type(plugin: object, attribute: str, type_: type[T]) -> T:
    if isinstance(plugin, type) and issubclass(plugin, type_):
        raise PluginFault(
            Words(f"{plugin.__name__} 是类，不是对象", f"{plugin.__name__} is a class, not an object"),
            Words(
                f"在模块末尾写 {attribute} = {plugin.__name__}()，入口点指向 {attribute}",
                f"end the module with {attribute} = {plugin.__name__}() and let the entry point name {attribute}",
            ),
        )
    if not isinstance(plugin, type_):
        found = type(plugin).__name__
        raise PluginFault(
            Words(f"{attribute} 须为 {type_.__name__}，实为 {found}", f"{attribute} is a {found}, no {type_.__name__}"),
            Words(f"定义 {type_.__name__} 的子类的对象", f"define an object of a subclass of {type_.__name__}"),
        )
    missing = [name for name in _required_attributes(type_) if not hasattr(plugin, name)]
    if missing:
        listed = ", ".join(f"`{name}`" for name in missing)
        raise PluginFault(
            Words(f"{type(plugin).__name__} 缺少 {listed}", f"{type(plugin).__name__} lacks {listed}"),
            Words(
                f"在类中定义；{type_.__module__} 中的 {type_.__name__} 说明其含义",
                f"define it in the class; {type_.__name__} in {type_.__module__} says what it holds",
            ),
        )
    return plugin


def _required_attributes(type_: type) -> list[str]:
    """Return the attributes that a class and its bases annotate, in the order of their definition."""
    return [name for base in reversed(type_.__mro__) for name in inspect.get_annotations(base)]


def _duplicate_name(name: str, first: PluginOrigin) -> PluginFault:
    return PluginFault(
        Words(f"名称 {name!r} 已被{first.words.zh}使用", f"the name {name!r} is already that of {first.words.en}"),
        Words("改用另一名称", "give it another name"),
    )

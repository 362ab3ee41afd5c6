"""Kill switches of the screens: a file in the state folder, which works without any other running part."""

from enum import StrEnum
from pathlib import Path

import msgspec

from fanzha.base.errors import UsageError
from fanzha.store.private_files import lock_folder, write_private_file
from fanzha.store.state_folder import state_folder


class SwitchTarget(StrEnum):
    """What a switch turns off: all screening, a trunk or a rule."""

    ALL = "all"
    TRUNK = "trunk"
    RULE = "rule"


class Switch(msgspec.Struct, frozen=True, kw_only=True):
    """One thrown switch: operator, time (UTC ms) and reason."""

    what: SwitchTarget
    name: str = ""
    by: str
    why: str
    at: int


class Switches(msgspec.Struct, frozen=True):
    """All thrown switches."""

    thrown: tuple[Switch, ...] = ()

    @property
    def all(self) -> bool:
        """Whether all screening is off."""
        return any(switch.what is SwitchTarget.ALL for switch in self.thrown)

    def list_names(self, what: SwitchTarget) -> frozenset[str]:
        """Return the names of the trunks or rules that are off."""
        return frozenset(switch.name for switch in self.thrown if switch.what is what)


def switches_path(folder: Path | None = None) -> Path:
    """Return the path of the file, which screens check several times a second."""
    return (folder or state_folder()) / "screen" / "switches.json"


def read_switches(folder: Path | None = None) -> Switches:
    """Return the thrown switches. Raise UsageError if the file is invalid."""
    path = switches_path(folder)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Switches)
    except FileNotFoundError:
        return Switches()
    except msgspec.DecodeError as error:
        raise UsageError(f"{path} cannot be understood ({error})", fix="remove it: then no switch is thrown") from None


def throw_switch(switch: Switch, folder: Path | None = None) -> Switches:
    """Throw a switch. A switch that is thrown already does not change."""
    if not (switch.by.strip() and switch.why.strip()):
        raise UsageError("who throws the switch and why must be said", fix="give --by NAME --why TEXT")
    if (switch.what is SwitchTarget.ALL) == bool(switch.name):
        raise UsageError("a trunk or a rule has a name, all has none", fix="write all, trunk NAME or rule NAME")
    with lock_folder(switches_path(folder).parent):
        switches = read_switches(folder)
        if any((item.what, item.name) == (switch.what, switch.name) for item in switches.thrown):
            return switches
        return _write(Switches((*switches.thrown, switch)), folder)


def reset_switch(what: SwitchTarget, name: str = "", folder: Path | None = None) -> Switches:
    """Reset a switch. Raise UsageError if it is not thrown."""
    with lock_folder(switches_path(folder).parent):
        switches = read_switches(folder)
        remaining = tuple(item for item in switches.thrown if (item.what, item.name) != (what, name))
        if len(remaining) == len(switches.thrown):
            raise UsageError(
                f"no such switch is thrown: {what} {name}".rstrip(), fix="fanzha screen switches lists them"
            )
        return _write(Switches(remaining), folder)


def _write(switches: Switches, folder: Path | None) -> Switches:
    write_private_file(switches_path(folder), msgspec.json.encode(switches))
    return switches

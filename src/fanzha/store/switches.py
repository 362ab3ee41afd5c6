"""Switches of the screens: a file in the state folder, which works without any other running part.

A kill switch lets calls pass without evaluation. A shadow switch lets calls pass as well, evaluated and logged.
"""

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


class SwitchStep(StrEnum):
    """What a switch does: no evaluation, or evaluation without treatment."""

    OFF = "off"
    SHADOW = "shadow"


class Switch(msgspec.Struct, frozen=True, kw_only=True):
    """One thrown switch: operator, time (UTC ms) and reason. A screen that knows no step takes it for a kill switch."""

    what: SwitchTarget
    name: str = ""
    by: str
    why: str
    at: int
    step: SwitchStep = SwitchStep.OFF


class Switches(msgspec.Struct, frozen=True):
    """All thrown switches."""

    thrown: tuple[Switch, ...] = ()

    @property
    def all(self) -> bool:
        """Whether all screening is off."""
        return self._has_all(SwitchStep.OFF)

    @property
    def all_in_shadow(self) -> bool:
        """Whether all trunks are in shadow."""
        return self._has_all(SwitchStep.SHADOW)

    def _has_all(self, step: SwitchStep) -> bool:
        return any(switch.what is SwitchTarget.ALL and switch.step is step for switch in self.thrown)

    def list_names(self, what: SwitchTarget, step: SwitchStep = SwitchStep.OFF) -> frozenset[str]:
        """Return the names of the trunks or rules that are off, or of the trunks in shadow."""
        return frozenset(switch.name for switch in self.thrown if switch.what is what and switch.step is step)


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
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be understood ({error})", fix="remove it: then no switch is thrown") from None


def throw_switch(switch: Switch, folder: Path | None = None) -> Switches:
    """Throw a switch, also over one of the other step; one that is thrown alike does not change."""
    if not (switch.by.strip() and switch.why.strip()):
        raise UsageError("who throws the switch and why must be said", fix="give --by NAME --why TEXT")
    if (switch.what is SwitchTarget.ALL) == bool(switch.name):
        raise UsageError("a trunk or a rule has a name, all has none", fix="write all, trunk NAME or rule NAME")
    if switch.what is SwitchTarget.RULE and switch.step is SwitchStep.SHADOW:
        raise UsageError("a rule is not put in shadow by a switch", fix="fanzha screen off rule NAME")
    with lock_folder(switches_path(folder).parent):
        switches = read_switches(folder)
        if any(
            (item.what, item.name, item.step) == (switch.what, switch.name, switch.step) for item in switches.thrown
        ):
            return switches
        others = (item for item in switches.thrown if (item.what, item.name) != (switch.what, switch.name))
        return _write(Switches((*others, switch)), folder)


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

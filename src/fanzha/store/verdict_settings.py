"""The operator's verdict settings: `[verdicts]` in `fanzha.toml` of the state folder."""

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from fanzha.base.errors import UsageError
from fanzha.claims.difference import Limits
from fanzha.claims.policy import Policy
from fanzha.store.state_folder import state_folder


class VerdictSettings(msgspec.Struct, frozen=True):
    """The fusion policy, and the limits of change of a snapshot without an approval."""

    policy: Policy = Policy()
    limits: Limits = Limits()


def load_verdict_settings(folder: Path | None = None) -> VerdictSettings:
    """Return the settings, with defaults for missing keys. Raise UsageError with file and key of an error.

    `[verdicts]` has the fields of `fanzha.claims.policy.Policy`, `[verdicts.trust]` detectors and organisations by
    name, `[verdicts.limits]` the fields of `fanzha.claims.difference.Limits`.
    """
    path = (folder or state_folder()) / "fanzha.toml"
    section = _read_toml(path).get("verdicts", {}) if path.is_file() else {}
    if not isinstance(section, dict):
        raise UsageError(f"{path}: verdicts is no table", fix="write [verdicts] in a line of its own")
    limits = section.pop("limits", {})
    return VerdictSettings(
        _convert(section, Policy, f"{path}, [verdicts]"), _convert(limits, Limits, f"{path}, [verdicts.limits]")
    )


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}", fix="mend the file: it is TOML in UTF-8") from None


def _convert(data: Any, type_: type[Any], location: str) -> Any:
    fields = type_.__struct_fields__
    if isinstance(data, dict) and (unknown := [name for name in data if name not in fields]):
        raise UsageError(f"{location}: {unknown[0]!r} is not known", fix=f"there are: {', '.join(fields)}")
    try:
        return msgspec.convert(data, type_)
    except msgspec.ValidationError as error:
        raise UsageError(f"{location}: {error}", fix="docs/reference/verdicts.md names what may stand there") from None

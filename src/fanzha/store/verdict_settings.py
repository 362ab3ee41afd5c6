"""The operator's verdict settings: `[verdicts]` in `fanzha.toml` of the state folder."""

from pathlib import Path
from typing import Any

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
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
    section = read_toml_table(path, "verdicts")
    policy = {name: value for name, value in section.items() if name != "limits"}
    return VerdictSettings(
        _convert(policy, Policy, f"{path}, [verdicts]"),
        _convert(section.get("limits", {}), Limits, f"{path}, [verdicts.limits]"),
    )


def _convert(data: Any, type_: type[Any], location: str) -> Any:
    fields = type_.__struct_encode_fields__
    if isinstance(data, dict) and (unknown := [name for name in data if name not in fields]):
        raise UsageError(f"{location}: unknown key {unknown[0]!r}", fix=f"there are: {', '.join(fields)}")
    try:
        return msgspec.convert(data, type_)
    except msgspec.ValidationError as error:
        raise UsageError(f"{location}: {error}", fix="see docs/reference/verdicts.md") from None

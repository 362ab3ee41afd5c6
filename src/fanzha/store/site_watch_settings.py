"""Settings of `fanzha tail-logs`: the table `[site_watch]` in `fanzha.toml` of the state folder."""

import base64
import binascii
import fnmatch
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.state_folder import state_folder

_HELP = "docs/how-to/watch-new-sites.md names the fields"
_Url = Annotated[str, msgspec.Meta(pattern="^https?://[^\\s?#]+$")]
_Count = Annotated[int, msgspec.Meta(ge=1)]
_Seconds = Annotated[float, msgspec.Meta(gt=0, le=86_400)]


class CertificateLog(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One log. `key` is its SubjectPublicKeyInfo in base64; `origin` names a static log in its checkpoints.

    `url` is where a log of `rfc6962` is queried, or the monitoring prefix of a `static` one.
    """

    name: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9][A-Za-z0-9 '._/-]{0,79}$")]
    url: _Url
    key: str
    protocol: Literal["rfc6962", "static"] = "rfc6962"
    origin: str = ""
    start: Literal["now", "beginning"] = "now"


class SiteWatchSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[site_watch]`: which logs are followed, whose candidates they are, and how many a day."""

    owner: str = ""  # ref of the organisation whose candidates these are
    log: tuple[CertificateLog, ...] = ()
    log_list: str = ""  # a log list (version 3, JSON) in the state folder
    logs: tuple[str, ...] = ()  # which logs of the list, by name, with * and ?
    folder: str = ""  # lists of new names, in the state folder or absolute
    candidates_per_brand: _Count = 20
    candidates: _Count = 500
    listed_beyond: Annotated[int, msgspec.Meta(ge=0)] = 200
    horizon_days: Annotated[int, msgspec.Meta(ge=1, le=400)] = 30
    local_addresses: bool = False
    batch: Annotated[int, msgspec.Meta(ge=1, le=4_096)] = 256
    poll_seconds: _Seconds = 10.0
    retry_seconds: _Seconds = 1.0
    attempts: Annotated[int, msgspec.Meta(ge=1, le=100)] = 6
    gap_retry_seconds: _Seconds = 60.0
    partial_seconds: Annotated[float, msgspec.Meta(ge=0, le=86_400)] = 30.0
    max_backlog: _Count = 5_000_000

    def is_active(self) -> bool:
        """Return whether there is anything to watch."""
        return bool(self.log or self.logs or self.folder)


class _ListedLog(msgspec.Struct):
    description: str
    key: str
    url: str = ""
    monitoring_url: str = ""
    submission_url: str = ""


class _Operator(msgspec.Struct):
    logs: list[_ListedLog] = []
    tiled_logs: list[_ListedLog] = []


class _LogList(msgspec.Struct):
    operators: list[_Operator]


def load_site_watch_settings(folder: Path | None = None) -> SiteWatchSettings:
    """Return the settings, with the chosen logs of the list in `log`. Raise UsageError with file and key."""
    state = folder or state_folder()
    path = state / "fanzha.toml"
    try:
        settings = msgspec.convert(read_toml_table(path, "site_watch"), SiteWatchSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [site_watch]: {error}", fix=_HELP) from None
    if settings.logs:
        listed = _chosen_logs(state / settings.log_list, settings.logs, settings.log_list)
        settings = msgspec.structs.replace(settings, log=(*settings.log, *listed))
    keys = [log_key_bytes(log) for log in settings.log]
    if len(set(keys)) < len(keys) or len({log.name for log in settings.log}) < len(keys):
        raise UsageError(
            f"{path}, [site_watch]: a log is named twice", fix="each log needs a name and a key of its own"
        )
    return settings


def log_key_bytes(log: CertificateLog) -> bytes:
    """Return the key of a log in DER. Raise UsageError if it is not base64."""
    try:
        return base64.b64decode("".join(log.key.split()), validate=True)
    except (binascii.Error, ValueError):
        raise UsageError(f"log {log.name}: the key is not base64", fix=_HELP) from None


def read_log_list(path: Path) -> list[CertificateLog]:
    """Return the logs of a list in version 3 of Google's format. Raise UsageError if it cannot be read."""
    try:
        listed = msgspec.json.decode(path.read_bytes(), type=_LogList)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", fix="log_list names a file in the state folder") from None
    except msgspec.DecodeError as error:
        raise UsageError(f"{path} is no log list of version 3: {error}", fix=_HELP) from None
    logs = []
    for operator in listed.operators:
        logs += [CertificateLog(log.description, log.url, log.key) for log in operator.logs]
        for log in operator.tiled_logs:
            origin = urlsplit(log.submission_url)
            named = f"{origin.netloc}{origin.path}".rstrip("/")
            logs.append(CertificateLog(log.description, log.monitoring_url, log.key, "static", named))
    return logs


def _chosen_logs(path: Path, patterns: tuple[str, ...], named: str) -> list[CertificateLog]:
    if not named:
        raise UsageError("[site_watch] names logs, but no log_list", fix=_HELP)
    chosen = [log for log in read_log_list(path) if any(fnmatch.fnmatchcase(log.name, one) for one in patterns)]
    if not chosen:
        raise UsageError(f"{path} has none of the logs {', '.join(patterns)}", fix="write the description of a log")
    return chosen

"""How sources and screens are: read from what they already tell.

`[health]` in `fanzha.toml` of the state folder names the screens to ask and after how many minutes a source is silent.
"""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec

from fanzha.base.clock import from_ms
from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml_table
from fanzha.store.state_folder import state_folder

#: Detection writes its status every few seconds; one that is older than this has stopped.
STATUS_TIMEOUT = timedelta(minutes=2)
_ASK_SECONDS, _MAX_BYTES = 2.0, 4_000_000
_SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
_FIX = "see docs/how-to/run-the-site.md"

_Minutes = Annotated[float, msgspec.Meta(gt=0)]


class ScreenAddress(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A screen to ask: the address of its HTTP listener, and a file with a key of scope `metrics` ("": none)."""

    address: str
    key_file: str = ""


class HealthSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[health]`: minutes after which a source is silent, by name where they differ, and the screens.

    `titles` are what people call sources and screens, Chinese and English, by name.
    """

    silent_minutes: _Minutes = 15.0
    sources: dict[str, _Minutes] = {}
    screens: dict[str, ScreenAddress] = {}
    titles: dict[str, tuple[str, str]] = {}


class SourceHealth(NamedTuple):
    """A source of events: how long it brought none, whether that is too long, lag (s), late events, and its problem.

    `less` says that it brings clearly less than it did at this hour, by what detection learned of it. `hours` are its
    events of the last hours, the running one last; `usual_gap` and `usual_count` what is usual at this hour, None until
    its history reaches back; `tables` the event tables that it has brought.
    """

    name: str
    quiet: timedelta | None
    is_silent: bool
    less: bool
    age_seconds: int | None
    late: int
    problem: str
    silent_after: timedelta = timedelta(minutes=15)
    usual_gap: timedelta | None = None
    usual_count: int | None = None
    hours: Sequence[int] = ()
    tables: Sequence[str] = ()


class DetectionHealth(NamedTuple):
    """Continuous detection: when it last wrote its status, rejected rows, events that wait, and its sources."""

    at: datetime
    is_stopped: bool
    rejects: int
    pending: int
    sources: Sequence[SourceHealth]


class ScreenHealth(NamedTuple):
    """A screen: whether it is ready or why not, and its figures since its start; None where it did not tell."""

    name: str
    problem: str
    snapshot_age: timedelta | None
    answered: int | None
    refused: int | None
    unscreened: int | None
    shed: int | None


class _Counts(msgspec.Struct):
    late: dict[str, int] = {}
    rejects: int = 0
    tables: dict[str, list[str]] = {}


class _Activity(msgspec.Struct):
    last_at: int
    usual_gap_ms: int | None = None
    usual_count: int | None = None
    hours: list[int] = []


class _Status(msgspec.Struct):
    """What is read of `status.json` of continuous detection (`fanzha.analyze.watch.status`)."""

    at: int
    counts: _Counts
    pending: int = 0
    problems: dict[str, str] = {}
    age_seconds: dict[str, dict[str, int]] = {}
    alarms: dict[str, str] = {}
    activity: dict[str, _Activity] = {}


def load_health_settings() -> HealthSettings:
    """Return the settings. Raise UsageError with file and key if they are invalid."""
    path = state_folder() / "fanzha.toml"
    try:
        return msgspec.convert(read_toml_table(path, "health"), HealthSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}, [health]: {error}", fix=_FIX) from None


def read_detection(settings: HealthSettings, now: datetime) -> DetectionHealth | None:
    """Return how continuous detection is, None if it never ran with this state folder. Raise UsageError."""
    folder = state_folder() / "watch"
    try:
        status = msgspec.json.decode((folder / "status.json").read_bytes(), type=_Status)
        metrics = (folder / "metrics.prom").read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise UsageError(
            f"{folder / 'status.json'}: {error}", fix="start fanzha watch again: it writes it anew"
        ) from None
    at = from_ms(status.at)
    quiet = {
        labels["source"]: timedelta(seconds=value) + max(now - at, timedelta())
        for name, labels, value in parse_metrics(metrics)
        if name == "fanzha_watch_source_quiet_seconds"
    }
    names = sorted({*quiet, *status.problems, *status.alarms, *status.age_seconds})
    sources = [_source(name, status, quiet.get(name), settings) for name in names]
    return DetectionHealth(at, now - at > STATUS_TIMEOUT, status.counts.rejects, status.pending, sources)


def _source(name: str, status: _Status, quiet: timedelta | None, settings: HealthSettings) -> SourceHealth:
    limit = timedelta(minutes=settings.sources.get(name, settings.silent_minutes))
    alarm = status.alarms.get(name, "")
    is_silent = alarm == "silent" or (quiet is not None and quiet > limit)
    age = status.age_seconds.get(name, {}).get("p99")
    late = status.counts.late.get(name, 0)
    activity = status.activity.get(name)
    gap = activity.usual_gap_ms if activity else None
    return SourceHealth(
        name,
        quiet,
        is_silent,
        alarm == "less",
        age,
        late,
        status.problems.get(name, ""),
        silent_after=limit,
        usual_gap=None if gap is None else timedelta(milliseconds=gap),
        usual_count=activity.usual_count if activity else None,
        hours=activity.hours if activity else (),
        tables=status.counts.tables.get(name, ()),
    )


def parse_metrics(text: str) -> list[tuple[str, dict[str, str], float]]:
    """Return name, labels and value of each sample of a text of Prometheus; what is no sample is left out."""
    found = []
    for name, labels, value in _SAMPLE.findall(text):
        try:
            number = float(value)
        except ValueError:
            continue
        pairs = {key: re.sub(r"\\(.)", r"\1", written) for key, written in _LABEL.findall(labels)}
        found.append((name, pairs, number))
    return found


def fetch(url: str, key: str = "") -> str:
    """Return what an address answers within two seconds to a request with a key ("": none).

    Raise OSError without an answer or for one of an error, ValueError for an address that is not of HTTP.
    """
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"{url} is no http:// or https:// address")
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"} if key else {})
    with urllib.request.urlopen(request, timeout=_ASK_SECONDS) as answer:
        body: bytes = answer.read(_MAX_BYTES)
    return body.decode("utf-8", "replace")


def ask_screens(settings: HealthSettings, fetch: Callable[[str, str], str] = fetch) -> list[ScreenHealth]:
    """Ask each screen for its state, all at once; one that does not answer is a problem."""
    if not settings.screens:
        return []
    with ThreadPoolExecutor(max_workers=8) as pool:
        return list(pool.map(lambda item: _ask(item[0], item[1], fetch), sorted(settings.screens.items())))


def _ask(name: str, screen: ScreenAddress, fetch: Callable[[str, str], str]) -> ScreenHealth:
    base, problem, figures = screen.address.rstrip("/"), "", dict[str, float]()
    try:
        fetch(f"{base}/health/ready", "")
    except urllib.error.HTTPError as error:
        with error:
            problem = error.read(500).decode("utf-8", "replace").strip() or str(error)
    except (OSError, ValueError) as error:
        return ScreenHealth(name, str(error), None, None, None, None, None)
    if screen.key_file:
        try:
            key = Path(state_folder() / screen.key_file).read_text("utf-8").strip()
            figures = _sum_figures(fetch(f"{base}/metrics", key))
        except (OSError, ValueError) as error:
            problem = problem or str(error)
    age = figures.get("snapshot_age")
    counts = (int(figures[part]) if figures else None for part in ("answered", "refused", "unscreened", "shed"))
    return ScreenHealth(name, problem, None if age is None else timedelta(seconds=age), *counts)


def _sum_figures(text: str) -> dict[str, float]:
    figures = dict.fromkeys(("answered", "refused", "unscreened", "shed"), 0.0)
    for name, labels, value in parse_metrics(text):
        if name == "fanzha_screen_snapshot_age_seconds":
            figures["snapshot_age"] = value
        elif name == "fanzha_screen_calls_total":
            figures["answered"] += value
            figures["refused"] += value if labels.get("treatment") == "refuse" else 0.0
        elif name == "fanzha_screen_unscreened_calls_total":
            figures["unscreened"] += value
        elif name == "fanzha_screen_shed_total":
            figures["shed"] += value
    return figures

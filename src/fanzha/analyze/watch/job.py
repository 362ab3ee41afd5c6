"""Set up continuous detection: detectors with the operator's settings, inputs and outputs."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from fanzha.analyze.operator_settings import governance, operator_settings_digest
from fanzha.analyze.pipeline import select_detectors
from fanzha.analyze.watch.arrivals import WatchInput
from fanzha.analyze.watch.change_monitor import ChangeMonitor
from fanzha.analyze.watch.detection import WatchCounts
from fanzha.analyze.watch.folder import FolderInput, FolderSettings
from fanzha.analyze.watch.line_output import FileOutput, LineOutput, SpoolOutput, output_of_stdout
from fanzha.analyze.watch.nats_connection import is_nats
from fanzha.analyze.watch.nats_input import NatsInput
from fanzha.analyze.watch.nats_output import NatsOutput
from fanzha.analyze.watch.standard_input import StandardInput, StreamSettings
from fanzha.analyze.watch.syslog_input import SyslogInput, is_syslog
from fanzha.analyze.watch.watcher import Watcher, WatchSettings
from fanzha.base.errors import FanzhaError, UsageError
from fanzha.base.ids import sortable_id
from fanzha.detect import Detector
from fanzha.detect.rules.governance import Governance
from fanzha.kinds.phone_number import Holders
from fanzha.read import FOLDER_MAP, check_map_file
from fanzha.store.numbering_tables import load_holders
from fanzha.store.private_files import create_private_folder, write_private_file
from fanzha.store.state_folder import state_folder

STREAM_LATENESS_MS = 1_000
FILE_LATENESS_MS = 600_000
CHECK_SECONDS = 10.0  # between two looks at what the operator may change
STDIN = "-"


@dataclass(frozen=True)
class WatchOptions:
    """The options of `fanzha watch`; spans are in ms."""

    sources: tuple[str, ...]
    out: str | Path = ""  # a file, or the URL of a NATS subject; "": standard output
    state: Path | None = None  # default: `watch` of the state folder
    table: str = ""
    map_file: Path | None = None
    detectors: tuple[str, ...] = ()
    basis: str = ""
    lateness_ms: int | None = None  # default: 1 s for streams, 10 min as soon as there is a file or folder
    remember_ms: int = 86_400_000
    owner: str = ""  # ref of the organisation whose findings go into the spool of the site; "" does not spool
    once: bool = False
    finish: bool = False
    alarms: str | Path = ""  # a file, or the URL of a NATS subject; "": `alarms.jsonl` of the state


def state_of(options: WatchOptions) -> Path:
    """Return the state folder of a watch."""
    return options.state or state_folder() / "watch"


def watch(options: WatchOptions, notify: Callable[[str], None], stop: threading.Event) -> WatchCounts:
    """Run continuous detection until `stop` is set or, with `once`, until everything has been read."""
    files = _check_sources(options.sources)
    if options.once and any(map(is_syslog, options.sources)):
        raise UsageError("a syslog listener has no end: --once cannot wait for it", fix="leave out --once")
    folder = state_of(options)
    lateness = FILE_LATENESS_MS if files else STREAM_LATENESS_MS
    settings = WatchSettings(
        folder,
        lateness if options.lateness_ms is None else options.lateness_ms,
        options.remember_ms,
        ends=options.once,
        finishes=options.finish,
    )
    with ExitStack() as stack:
        map_copy = None
        if options.map_file is not None:
            map_copy = Path(stack.enter_context(TemporaryDirectory(prefix="fanzha-map-"))) / options.map_file.name
            _copy_map(options.map_file, map_copy)
        listeners = _open_listeners(replace(options, map_file=map_copy), folder)
        for listener in listeners:
            stack.callback(listener.close)
        rules = load_rules(options, map_copy)
        while True:
            counts, changed = _watch_with(rules, options, map_copy, settings, files, listeners, notify, stop)
            if changed is None or stop.is_set():
                return counts
            rules = changed
            notify("规则、名单、设置或映射已更改，现已生效 rules, lists, settings or maps have changed: in use now")


class Rules(NamedTuple):
    """What the operator may change while detection runs."""

    detectors: Mapping[str, Detector]
    governance: Governance
    holders: Holders | None


def load_rules(options: WatchOptions, map_copy: Path | None = None) -> Rules:
    """Return the detectors with the operator's rules, lists and settings of now. Raise UsageError.

    The map of the options is copied to `map_copy` if it is valid; otherwise the former copy stays.
    """
    if options.map_file is not None and map_copy is not None:
        with suppress(FanzhaError, OSError):
            _copy_map(options.map_file, map_copy)
    return Rules(select_detectors(options.detectors), governance(), load_holders())


def _copy_map(path: Path, copy: Path) -> None:
    """Copy a valid map, so that it stays in use while its file is written or gone. Raise FanzhaError or OSError."""
    check_map_file(path)
    write_private_file(copy, path.read_bytes())


def _check_map(path: Path, options: WatchOptions) -> None:
    """Raise FanzhaError if a changed map is not valid, or is missing while its data file exists."""
    if path == options.map_file or path.name == FOLDER_MAP or path.with_suffix("").exists():
        check_map_file(path)


def _watch_with(
    rules: Rules,
    options: WatchOptions,
    map_copy: Path | None,
    settings: WatchSettings,
    files: tuple[Path, ...],
    listeners: Sequence[StandardInput | SyslogInput],
    notify: Callable[[str], None],
    stop: threading.Event,
) -> tuple[WatchCounts, Rules | None]:
    """Run continuous detection until it ends, or until rules have changed: then return the changed ones."""
    with ExitStack() as stack:
        outputs = _open_outputs(options, settings.folder)
        for output in outputs:
            stack.callback(output.close)
        alarm_output = _open_alarm_output(options, settings.folder)
        stack.callback(alarm_output.close)
        watcher = Watcher(settings, rules.detectors, outputs, [alarm_output], rules.governance, rules.holders, notify)
        stack.callback(watcher.close)
        inputs = _open_inputs(replace(options, map_file=map_copy), watcher, files)
        for source in inputs:
            stack.callback(source.close)
        for listener in listeners:
            listener.reload_map()
        if options.once:
            return watcher.run([*inputs, *listeners], stop), None
        monitor = ChangeMonitor(
            operator_settings_digest,
            lambda: _list_maps(options, files),
            lambda path: _check_map(path, options),
            lambda: load_rules(options, map_copy),
            notify,
            CHECK_SECONDS,
        )
        stack.callback(monitor.close)
        watcher.is_changed = lambda: monitor.new_settings is not None
        counts = watcher.run([*inputs, *listeners], stop)
        return counts, None if watcher.detection.is_finished else monitor.new_settings


def _list_maps(options: WatchOptions, files: tuple[Path, ...]) -> Iterator[Path]:
    """Yield the column maps: that of the options, and those beside the files."""
    if options.map_file is not None:
        yield options.map_file
    for path in files:
        if path.is_dir():
            yield from path.rglob("*.toml")
        else:
            yield from (path.with_name(f"{path.name}.toml"), path.with_name("fanzha-map.toml"))


def _check_sources(sources: tuple[str, ...]) -> tuple[Path, ...]:
    """Return the files and folders among the sources. Raise UsageError."""
    files = tuple(
        Path(source) for source in sources if source != STDIN and not is_nats(source) and not is_syslog(source)
    )
    if missing := [path for path in files if not path.exists()]:
        raise UsageError(
            f"{missing[0]} is not there 不存在",
            fix="name a folder, a file, nats://HOST:4222/STREAM, syslog://HOST:PORT, or - for standard input",
        )
    return files


def _open_outputs(options: WatchOptions, folder: Path) -> Sequence[LineOutput]:
    record = folder / "findings.last"
    lines: LineOutput
    if is_nats(str(options.out)):
        lines = NatsOutput(str(options.out))
    else:
        lines = FileOutput(Path(options.out), record) if options.out else output_of_stdout(record)
    if not options.owner:
        return [lines]
    spool = state_folder() / "spool" / "findings" / options.owner
    return [SpoolOutput(spool, f"watch-{_state_id(folder)}"), lines]


def _open_alarm_output(options: WatchOptions, folder: Path) -> LineOutput:
    if options.alarms and str(options.alarms) == str(options.out):
        raise UsageError(f"{options.alarms} is for findings 线索与告警不能共用", fix="name another --alarms")
    if is_nats(str(options.alarms)):
        return NatsOutput(str(options.alarms))
    path = Path(options.alarms) if options.alarms else create_private_folder(folder) / "alarms.jsonl"
    if options.out and path.resolve() == Path(options.out).resolve():
        raise UsageError(f"{path} is the file of findings 线索文件不能同时存放告警", fix="name another --alarms")
    return FileOutput(path, folder / "alarms.last")


def _state_id(folder: Path) -> str:
    """Return the id of a state folder, made at its first use: files in the spool of another state have other names."""
    path = create_private_folder(folder) / "id"
    if not path.exists():
        write_private_file(path, sortable_id().encode())
    return path.read_text("ascii")


def _open_inputs(options: WatchOptions, watcher: Watcher, files: tuple[Path, ...]) -> list[WatchInput]:
    work = watcher.settings.folder
    inputs: list[WatchInput] = []
    if files:
        folder_settings = FolderSettings(
            files,
            work,
            options.map_file,
            options.table,
            options.basis,
            waits=not options.once,
            outputs=tuple(Path(out) for out in (options.out, options.alarms) if out and not is_nats(str(out))),
        )
        inputs.append(FolderInput(folder_settings, watcher.detection.positions))
    stream_settings = StreamSettings(work, options.map_file, options.table, options.basis)
    positions = watcher.detection.positions
    for url in filter(is_nats, options.sources):
        inputs.append(NatsInput(url, positions, stream_settings, ends=options.once))
    return inputs


def _open_listeners(options: WatchOptions, folder: Path) -> list[StandardInput | SyslogInput]:
    """Return the inputs that cannot be opened again without a loss."""
    settings = StreamSettings(folder, options.map_file, options.table, options.basis)
    listeners: list[StandardInput | SyslogInput] = [
        SyslogInput(url, settings) for url in filter(is_syslog, options.sources)
    ]
    return [StandardInput(settings), *listeners] if STDIN in options.sources else listeners

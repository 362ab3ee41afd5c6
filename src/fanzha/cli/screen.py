"""`fanzha screen`: run a screen from a settings file; kill switches, keys and monitoring files."""

import sys
import time
from difflib import get_close_matches
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fanzha.base.clock import iso
from fanzha.base.errors import UsageError
from fanzha.cli import _screen_keys, _shadow_report

if TYPE_CHECKING:
    from fanzha.store.switches import SwitchStep

#: The Grafana dashboard and the Prometheus alert rules in the package data.
MONITORING_FILES = ("grafana-screens.json", "prometheus-alerts.yml")


class _RunsByDefault(click.Group):
    """`fanzha screen FILE` is `fanzha screen run FILE`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Treat a first argument that is no command as a settings file."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["run", *args]
        return super().resolve_command(ctx, args)


@click.group("screen", cls=_RunsByDefault)
def COMMAND() -> None:
    """Answer calls and look-ups in real time. 实时筛查来电与查询。

    fanzha screen FILE is short for fanzha screen run FILE.
    """


_FILE = click.argument("file", type=click.Path(path_type=Path))


@COMMAND.command("run")
@_FILE
@click.option("--restart", is_flag=True, help="Start it again whenever it ends: for systems without systemd.")
def run_screen(file: Path, restart: bool) -> None:
    """Run a screen with the settings FILE until SIGTERM. 按设置文件启动。

    SIGHUP reloads the file without losing a call.
    """
    _require_screen_extra()
    from fanzha.screen.settings_reader import read_settings
    from fanzha.screen.site.supervisor import Supervisor, child_command

    settings = read_settings(file)
    if restart:
        _run_and_restart(file)
        return
    command = [*child_command(), str(file.resolve())]
    Supervisor(command, settings, lambda text: click.echo(text, err=True), lambda: read_settings(file)).run()


def _run_and_restart(file: Path) -> None:
    """Run the screen as a child process and start it again whenever it ends; SIGHUP is passed on."""
    import signal

    from fanzha.base.words import Words
    from fanzha.run.process_supervisor import ProcessSpec, SupervisedProcess, install_stop_signals, stop_all, supervise
    from fanzha.screen.site.adoption import end_processes, processes_folder
    from fanzha.screen.site.supervisor import PORTS_VARIABLE, STOP_SECONDS

    def notify(text: str) -> None:
        click.echo(text, err=True)

    command = [sys.executable, "-m", "fanzha", "screen", "run", str(file.resolve())]
    screen = SupervisedProcess(ProcessSpec(Words("筛查", "screen"), command, {PORTS_VARIABLE: "15"}), notify)
    stop, wakeup = install_stop_signals()

    def pass_on(number: int, _frame: object) -> None:
        if screen.process is not None:
            screen.process.send_signal(number)

    signal.signal(signal.SIGHUP, pass_on)
    try:
        supervise([screen], stop, wakeup)
    finally:
        stop_all([screen], notify)
        end_processes(processes_folder(), STOP_SECONDS)  # of a supervisor that was not yet there again


@COMMAND.command("install")
@_FILE
@click.option("--system/--user", default=True, help="A unit of the system (default), or of the user's own manager.")
@click.option("--print", "to_stdout", is_flag=True, help="Print the unit in place of writing it.")
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), help="Where units are (default: systemd's)."
)
@click.option("--run-as", default="fanzha", show_default=True, metavar="USER", help="Of a system unit: whose process.")
@click.option("--cpus", default="", metavar="LIST", help="CPUs of its own, e.g. 2,3 (default: all).")
@click.option("--memory-max", default="75%", show_default=True, help="Memory that it may take: 8G, or a share.")
def install_screen(
    file: Path, system: bool, to_stdout: bool, folder: Path | None, run_as: str, cpus: str, memory_max: str
) -> None:
    """Write a systemd unit that runs a screen with the settings FILE. 生成 systemd 服务单元。

    Real-time priority, restart, memory limit, watchdog, least privileges; docs/how-to/screen-calls.md explains them.
    """
    from fanzha.screen.settings_reader import read_settings
    from fanzha.screen.site.sockets import listen_addresses
    from fanzha.screen.site.systemd_unit import UnitOptions, render_unit
    from fanzha.store.state_folder import state_folder

    settings = read_settings(file)
    home = state_folder().resolve()
    text = render_unit(
        UnitOptions(
            command=(sys.executable, "-m", "fanzha", "screen", "run", str(file.resolve())),
            environment={"FANZHA_HOME": str(home), "PYTHONUNBUFFERED": "1", "XDG_CACHE_HOME": str(home / "cache")},
            writable=(str(home), *filter(None, [settings.log.folder])),
            system=system,
            user=run_as,
            cpus=cpus,
            memory_max=memory_max,
            low_port=any(address.port < 1_024 for address in listen_addresses(settings)),
        )
    )
    if to_stdout:
        click.echo(text, nl=False)
        return
    folder = folder or (Path("/etc/systemd/system") if system else Path.home() / ".config" / "systemd" / "user")
    folder.mkdir(parents=True, exist_ok=True)
    unit = folder / "fanzha-screen.service"
    unit.write_text(text, encoding="utf-8")
    manager = "systemctl" if system else "systemctl --user"
    click.echo(f"{unit}\n启用 enable: {manager} daemon-reload && {manager} enable --now fanzha-screen")


@COMMAND.command("check")
@_FILE
def check_screen(file: Path) -> None:
    """Check the settings FILE and print all mistakes. 检查设置文件，一次列出全部错误。"""
    from fanzha.screen.settings_reader import find_notes, read_settings

    settings = read_settings(file)
    for note in find_notes(settings):
        click.echo(f"{note.zh} {note.en}")
    click.echo(f"{file}: 无误 right; {len(settings.trunks)} 条中继 trunks, {len(settings.sip)} 个 SIP 监听 listeners")


@COMMAND.command("example")
def example_screen() -> None:
    """Print a settings file with every table explained. 打印带说明的设置示例。"""
    click.echo((files("fanzha.screen") / "data" / "screen.toml").read_text("utf-8"), nl=False)


@COMMAND.command("switches")
def list_switches() -> None:
    """List the active kill switches and shadow switches. 列出已拉下的紧急开关与影子开关。"""
    from fanzha.store.switches import read_switches

    thrown = read_switches().thrown
    if not thrown:
        click.echo("没有拉下任何开关 no switch is thrown")
    for switch in thrown:
        click.echo(
            f"{switch.step} {switch.what} {switch.name}".rstrip() + f"  {iso(switch.at)}  {switch.by}: {switch.why}"
        )


_WHAT = click.argument("what", type=click.Choice(["all", "trunk", "rule"]))
_NAME = click.argument("name", default="")


@COMMAND.command("off")
@_WHAT
@_NAME
@click.option("--by", required=True, metavar="WHO", help="Who throws it: kept in the file.")
@click.option("--why", required=True, metavar="TEXT", help="Why: kept in the file.")
@click.option("--anyway", is_flag=True, help="Also for a name that nobody here knows.")
def switch_off(what: str, name: str, by: str, why: str, anyway: bool) -> None:
    """Let calls pass unscreened: all, those of a trunk, or without a rule; within a second. 立即停用筛查。"""
    from fanzha.store.switches import SwitchStep

    _throw(what, name, by=by, why=why, anyway=anyway, step=SwitchStep.OFF)
    click.echo(f"已停用 off: {what} {name}".rstrip())


def _throw(what: str, name: str, *, by: str, why: str, anyway: bool, step: "SwitchStep") -> None:
    """Set a kill switch. Raise UsageError for an unknown name, unless `anyway` is True."""
    from fanzha.store.switches import Switch, SwitchTarget, throw_switch

    names = _list_local_names(what) if name and what != "all" and not anyway else []
    if names and name not in names:
        similar = get_close_matches(name, names, 3) or names[:8]
        raise UsageError(f"nobody here knows the {what} {name}", fix=f"one of: {', '.join(similar)}; or add --anyway")
    at = time.time_ns() // 1_000_000
    throw_switch(Switch(what=SwitchTarget(what), name=name, by=by, why=why, at=at, step=step))


@COMMAND.command("shadow")
@click.argument("what", type=click.Choice(["all", "trunk"]))
@_NAME
@click.option("--by", required=True, metavar="WHO", help="Who throws it: kept in the file.")
@click.option("--why", required=True, metavar="TEXT", help="Why: kept in the file.")
@click.option("--anyway", is_flag=True, help="Also for a name that nobody here knows.")
def switch_to_shadow(what: str, name: str, by: str, why: str, anyway: bool) -> None:
    """Judge and log every call and treat none: all, or those of a trunk; within a second. 立即转为影子：只研判不处置。

    fanzha screen on goes back to the settings.
    """
    from fanzha.store.switches import SwitchStep

    _throw(what, name, by=by, why=why, anyway=anyway, step=SwitchStep.SHADOW)
    click.echo(f"已转为影子 in shadow: {what} {name}".rstrip())


@COMMAND.command("on")
@_WHAT
@_NAME
def switch_on(what: str, name: str) -> None:
    """Resume screening. 恢复筛查。"""
    from fanzha.store.switches import SwitchTarget, reset_switch

    reset_switch(SwitchTarget(what), name)
    click.echo(f"已恢复 on: {what} {name}".rstrip())


@COMMAND.command("monitoring")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def write_monitoring(folder: Path) -> None:
    """Write dashboard and alert rules into FOLDER. 导出 Grafana 面板与 Prometheus 告警规则。"""
    folder.mkdir(parents=True, exist_ok=True)
    for name in MONITORING_FILES:
        (folder / name).write_bytes((files("fanzha.screen") / "data" / name).read_bytes())
        click.echo(folder / name)


COMMAND.add_command(_screen_keys.COMMAND)
COMMAND.add_command(_shadow_report.COMMAND)


def _list_local_names(what: str) -> list[str]:
    """Return the names of rules or trunks on this machine; [] if they cannot be read."""
    try:
        if what == "trunk":
            from fanzha.store.screen_trunks import read_trunks

            return read_trunks() or []
        from fanzha.detect import RuleDetector, all_detectors
        from fanzha.store.rule_texts import RuleTexts

        rule_detectors = [detector for detector in all_detectors().values() if isinstance(detector, RuleDetector)]
        operator_rules = [rule_text.rule for rule_text in RuleTexts().list_texts()]
    except Exception:  # a kill switch must work even if rules cannot be read
        return []
    return sorted({*operator_rules, *(rule.name for detector in rule_detectors for rule in detector.rules)})


def _require_screen_extra() -> None:
    missing = [name for name in ("httptools", "uvicorn", "uvloop") if find_spec(name) is None]
    if missing:
        raise UsageError(f"screens need {', '.join(missing)}", fix="pip install 'fanzha[screen]'")

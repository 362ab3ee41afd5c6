"""`fanzha up`: migrate the database, then run site, worker, importer, jobs, sender and screen under a supervisor."""

import http.client
import os
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import NamedTuple

from fanzha.base.errors import FanzhaError, UsageError
from fanzha.base.words import Words
from fanzha.command.web.configuration import AT_HOME, Configuration, configuration
from fanzha.command.web.job_settings import load_job_settings
from fanzha.run.component import component_command
from fanzha.run.instance_lock import instance_lock
from fanzha.run.process_supervisor import (
    Notify,
    ProcessSpec,
    SupervisedProcess,
    install_stop_signals,
    stop_all,
    supervise,
)
from fanzha.run.start_progress import StartProgress
from fanzha.run.watch_settings import load_watch_table, watch_command
from fanzha.store.delivery_settings import load_delivery_settings
from fanzha.store.look_settings import load_look_settings
from fanzha.store.private_files import create_private_folder, delete_abandoned_parts
from fanzha.store.probe_settings import load_prober_settings
from fanzha.store.site_watch_settings import load_site_watch_settings
from fanzha.store.state_folder import state_folder
from fanzha.store.zone_settings import load_zone_settings

_EXTRAS = {"command": ("django", "granian", "ninja"), "screen": ("httptools", "uvicorn", "uvloop")}


class CannotStart(FanzhaError):
    """The site did not start (exit 1)."""

    exit_code = 1


class SiteAddress(NamedTuple):
    """The host and port at which the site listens."""

    host: str = "127.0.0.1"
    port: int = 8470

    @property
    def url(self) -> str:
        """Return the URL for a browser on this machine."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{'127.0.0.1' if host in ('0.0.0.0', '[::]') else host}:{self.port}"


def up(address: SiteAddress, notify: Notify, *, screen: Path | None = None, processes: int = 0) -> None:
    """Run until SIGTERM or SIGINT. Raise UsageError for wrong settings, CannotStart if the site does not start."""
    require_extra("command")
    check_address(address, configuration())
    check_site_tables()
    specs = plan_processes(address, screen, processes or min(4, os.cpu_count() or 1))
    create_private_folder(state_folder() / "static")
    with instance_lock(state_folder()):
        delete_abandoned_parts(state_folder())
        stop, wakeup = install_stop_signals()
        migrate_database(notify)
        running = [SupervisedProcess(program, notify) for program in specs]
        try:
            for process in running:
                process.start()
            wait_until_ready(address, running[0], stop, notify)
            if not stop.is_set():
                notify(f"开始服务 answering: {address.url}")
            supervise(running, stop, wakeup)
        finally:
            stop_all(running, notify)
            notify("已停止 stopped")


def plan_processes(address: SiteAddress, screen: Path | None, processes: int) -> list[ProcessSpec]:
    """Return the processes to run, the site first."""
    specs = [
        ProcessSpec(Words("网站", "site"), component_command("site", address.host, str(address.port), str(processes))),
        ProcessSpec(Words("执行器", "worker"), component_command("worker")),
        ProcessSpec(Words("导入器", "importer"), component_command("importer")),
        *(ProcessSpec(title, component_command("jobs")) for title in _job_titles(load_job_settings().workers)),
        ProcessSpec(Words("定时任务", "regular jobs"), component_command("regular")),
        ProcessSpec(Words("情报接收器", "collector of feeds"), component_command("feeds")),
    ]
    if load_delivery_settings().channels():
        specs.append(ProcessSpec(Words("发送器", "sender"), component_command("deliver")))
    if load_site_watch_settings().is_active():
        specs.append(ProcessSpec(Words("新站监测", "watch of new sites"), component_command("site_watch")))
    if load_zone_settings() is not None:
        specs.append(ProcessSpec(Words("域名阻断区", "resolver zone"), component_command("zone")))
    if load_prober_settings() is not None:
        specs.append(ProcessSpec(Words("网站探测", "prober"), component_command("prober")))
    if load_look_settings().enabled:
        specs.append(ProcessSpec(Words("网页查看", "looker"), component_command("looker")))
    if (settings := screen_settings(screen)) is not None:
        command = [sys.executable, "-m", "fanzha", "screen", str(settings)]
        waits = {"FANZHA_SCREEN_PORTS_SECONDS": "15"}  # for ports of a killed screen (fanzha.screen.site.supervisor)
        specs.append(ProcessSpec(Words("筛查", "screen"), command, waits))
    if (watching := load_watch_table()) is not None:
        specs.append(ProcessSpec(Words("持续监测", "watch"), watch_command(watching)))
    return specs


def _job_titles(workers: int) -> list[Words]:
    numbers = ["", *(f" {number}" for number in range(2, workers + 1))]
    return [Words(f"后台任务{number}", f"jobs{number}") for number in numbers]


def screen_settings(path: Path | None) -> Path | None:
    """Return the settings file of the screen: `path`, else `screen.toml` of the state folder if it exists."""
    if path is None and not (state_folder() / "screen.toml").is_file():
        return None
    if path is not None:
        require_extra("screen")
    elif missing_packages("screen"):
        return None
    resolved = (path or state_folder() / "screen.toml").resolve()
    if not resolved.is_file():
        raise UsageError(f"{resolved} is not there", fix="fanzha screen example prints a settings file to begin with")
    return resolved


def check_address(address: SiteAddress, settings: Configuration) -> None:
    """Raise UsageError if the address is open to other machines without a TLS proxy, or if it is in use."""
    host = address.host.strip("[]")
    if host not in AT_HOME and f"[{host}]" not in AT_HOME and not settings.is_public:
        raise UsageError(
            f"--host {address.host} is open to other machines, but [site] hosts and address in fanzha.toml say nothing",
            fix="put a reverse proxy with TLS in front, and name hosts, its https:// address and proxies in [site]",
        )
    try:
        family = socket.getaddrinfo(host, address.port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, address.port))
    except OSError as error:
        raise UsageError(
            f"{address.host}:{address.port} cannot be listened at ({error.strerror or error})",
            fix="stop what uses it, or choose another --port",
        ) from None


def check_site_tables() -> None:
    """Raise UsageError if a table of `fanzha.toml` is invalid that the processes read only when they need it.

    Days of `[retention]` beyond the limits of the law, for example, would end each run of the daily job.
    """
    from fanzha.command.exports.export_settings import load_export_settings
    from fanzha.command.number_signals.signal_settings import load_signal_settings
    from fanzha.command.orders.order_settings import load_order_settings
    from fanzha.command.organizations.disclosure_settings import load_disclosure_settings
    from fanzha.command.privacy.retention_settings import load_retention_days
    from fanzha.command.subjects.warning_settings import load_warning_settings
    from fanzha.command.webhooks.webhook_settings import load_webhook_settings
    from fanzha.deliver.service import check_settings
    from fanzha.store.budgets import load_budgets
    from fanzha.store.verdict_settings import load_verdict_settings

    load_retention_days()
    load_disclosure_settings()
    load_export_settings()
    load_order_settings()
    load_signal_settings()
    load_warning_settings()
    load_webhook_settings()
    load_verdict_settings()
    load_budgets()
    if (delivery := load_delivery_settings()).channels():
        check_settings(delivery)
    load_site_watch_settings()


def migrate_database(notify: Notify) -> None:
    """Migrate the database in a process of its own. Raise CannotStart."""
    notify("检查数据库 bringing the database up to date")
    completed = subprocess.run(component_command("migrate"), stdin=subprocess.DEVNULL, check=False)
    if completed.returncode:
        raise CannotStart("the database could not be brought up to date", fix="what is wrong stands above")


def wait_until_ready(address: SiteAddress, site: SupervisedProcess, stop: Event, notify: Notify) -> None:
    """Wait until the site is ready, while its start makes progress. Raise CannotStart if it exits or hangs."""
    progress = StartProgress(site.process.pid if site.process is not None else 0)
    while not stop.is_set():
        if responds_ok(address, "/readyz"):
            return
        if site.process is None or site.process.poll() is not None:
            raise CannotStart("the site ended before it answered", fix="what is wrong stands above")
        if progress.is_stuck():
            raise CannotStart(
                f"the site did not answer after {progress.seconds:.0f} s, and its start does not go on",
                fix="look at what it wrote",
            )
        if progress.is_notification_due():
            notify(f"仍在启动，已用 {progress.seconds:.0f} 秒 · still starting, for {progress.seconds:.0f} s")
        stop.wait(0.1)


def responds_ok(address: SiteAddress, path: str) -> bool:
    """Return whether the site answers a path with status 200."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "[::]": "::1"}.get(address.host, address.host.strip("[]"))
    connection = http.client.HTTPConnection(host, address.port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": "127.0.0.1"})
        with connection.getresponse() as response:
            return response.status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def missing_packages(extra: str) -> list[str]:
    """Return the packages of an extra that are not installed."""
    return [name for name in _EXTRAS[extra] if find_spec(name) is None]


def require_extra(extra: str) -> None:
    """Raise UsageError if an extra is not installed."""
    if absent := missing_packages(extra):
        raise UsageError(f"this needs {', '.join(absent)}", fix=f"pip install 'fanzha[{extra}]'")

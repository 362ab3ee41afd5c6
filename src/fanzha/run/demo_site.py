"""The site of the demo: create its state folder and data, start it, probe it, stop it."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path
from secrets import token_urlsafe

import msgspec
from rich.console import Console

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.command.web.configuration import Configuration
from fanzha.run.component import component_command
from fanzha.run.demo import DemoFailed
from fanzha.run.demo_browser import DemoBrowser, navigation_links
from fanzha.run.demo_screening import DemoCall, free_port, send_calls
from fanzha.run.demo_story import SHOP_NUMBER, DemoStory, DemoUser
from fanzha.run.instance_lock import instance_lock
from fanzha.run.process_supervisor import ProcessSpec, SupervisedProcess, stop_all
from fanzha.run.up import SiteAddress, check_address, missing_packages, responds_ok
from fanzha.store.private_files import create_private_folder

FIRST_ANSWER_SECONDS = 60.0  # each server process loads the pages at its first request
TRUNK = "MSC-FIC-01"
PUBLIC_PAGES = ("/report/", "/tags/", "/appeal/", "/learn/")
_DEMO_MARKER = ".demo"  # marks a folder that a demo created and may replace
SITE_SETTINGS = """[verdicts]
organisation = "Example Mobile"
[reports.owners]
china_mobile = "Example Mobile"
china_telecom = "Example Telecom"
"""
_SCREEN_SETTINGS = """standby = false
[sip.demo]
port = {port}
trunk_header = "X-Fanzha-Trunk"
[trunks.MSC-FIC-01]
ingress = "mobile"
proves = true
acts = "refuse"
"""


class DemoSite:
    """The site of the demo; `home` is its state folder."""

    def __init__(self, home: Path, address: SiteAddress, password: str) -> None:
        self.home, self.address, self.password = home, address, password
        self.log = home / "site.log"
        self.sip_port = free_port()
        self.environment = {"FANZHA_HOME": str(home), "FANZHA_DATABASE_URL": ""}

    def prepare(self, findings: Path, *, with_year: bool = True) -> DemoStory:
        """Recreate the state folder and fill its database. Raise UsageError or DemoFailed."""
        self._create_folder()
        completed = subprocess.run(
            component_command("demo_data", str(findings.resolve()), "year" if with_year else ""),
            env={**os.environ, **self.environment},
            input=f"{self.password}\n".encode(),
            capture_output=True,
            check=False,
        )
        if completed.returncode:
            raise DemoFailed("the story of the demo broke off: " + completed.stderr.decode(errors="replace").strip())
        return msgspec.json.decode(completed.stdout, type=DemoStory)

    def _create_folder(self) -> None:
        if self.home.exists() and not (self.home / _DEMO_MARKER).is_file():
            raise UsageError(f"{self.home} was not made by a demo", fix="name another folder with --out")
        if self.home.exists():
            with instance_lock(self.home):
                shutil.rmtree(self.home)
        create_private_folder(self.home)
        (self.home / _DEMO_MARKER).touch()
        (self.home / "fanzha.toml").write_text(SITE_SETTINGS, encoding="utf-8")
        (self.home / "screen.toml").write_text(_SCREEN_SETTINGS.format(port=self.sip_port), encoding="utf-8")

    @contextmanager
    def serve(self, console: Console) -> Iterator[SupervisedProcess]:
        """Run `fanzha up` during the block. Raise DemoFailed if it does not start."""
        command = [sys.executable, "-m", "fanzha", "up", "--host", self.address.host, "--port", str(self.address.port)]
        process = SupervisedProcess(
            ProcessSpec(Words("网站", "site"), command, self.environment, self.log), console.print
        )
        sources = SupervisedProcess(
            ProcessSpec(Words("数据源", "sources"), component_command("demo_sources"), self.environment, self.log),
            console.print,
        )
        process.start()
        try:
            self._wait_until_ready(process)
            sources.start()
            yield process
        finally:
            stop_all([process, sources], console.print)

    def _wait_until_ready(self, process: SupervisedProcess) -> None:
        while not responds_ok(self.address, "/readyz"):  # `fanzha up` gives up by itself if its start stands still
            if process.process is None or process.process.poll() is not None:
                raise DemoFailed("the site of the demo did not come up", fix=f"read what it said: {self.log}")
            time.sleep(0.1)

    def probe(self, story: DemoStory) -> list[str]:
        """Sign in as one person of each desk, open all pages of the navigation, send calls; return one line per check.

        Raise DemoFailed.
        """
        deadline = time.monotonic() + FIRST_ANSWER_SECONDS
        while not responds_ok(self.address, "/healthz"):
            if time.monotonic() > deadline:
                raise DemoFailed("the site does not answer /healthz")
        desks = {user.desk: user for user in story.users}
        pages = sum(self._probe_pages(user, number) for number, user in enumerate(desks.values()))
        self._probe_calls(story)
        return [
            f"{len(desks)} people, one of each desk, sign in and open {pages} pages",
            f"the legs of the order: {', '.join(f'{name} {state}' for name, state in sorted(story.legs.items()))}",
            "the screen refuses the number that was ordered, and lets another one pass",
        ]

    def _probe_pages(self, user: DemoUser, number: int) -> int:
        browser = DemoBrowser(self.address.url, number)
        try:
            home = browser.sign_in(user.email, self.password)
            if home.url != f"{self.address.url}/" or user.organization.zh not in home.text:
                raise DemoFailed(f"{user.email} could not sign in: led to {home.url}")
            pages = {path: browser.get(path) for path in navigation_links(home)}
        except (OSError, http.client.HTTPException) as error:
            raise DemoFailed(f"the site did not answer {user.email}: {error}") from None
        broken = [f"{path} ({page.status})" for path, page in pages.items() if page.status != 200]
        if broken or not pages:
            raise DemoFailed(f"pages that {user.email} has do not open: {', '.join(broken) or 'there are none'}")
        if not any(user.expected_text in page.text for page in pages.values()):
            raise DemoFailed(f"{user.email} finds {user.expected_text} nowhere")
        return len(pages)

    def _probe_calls(self, story: DemoStory) -> None:
        expected = {story.refused_number: "refuse", "+8617000000101": "allow"}
        for answer in send_calls(
            self.sip_port, [DemoCall(Words("", ""), number, TRUNK, treatment) for number, treatment in expected.items()]
        ):
            if answer.treatment != answer.call.expected:
                raise DemoFailed(
                    f"the screen did not {answer.call.expected} a call of {answer.call.caller}: {answer.treatment}"
                )


def show_site(console: Console, out: Path, port: int | None, password: str | None, *, checks: bool) -> None:
    """Start the site with the findings of `out`; with `checks` probe and stop it, else run it until Ctrl-C."""
    if absent := missing_packages("command") + missing_packages("screen"):
        console.print(
            f"未演示网站：缺少 {', '.join(absent)} · the site is not shown: it needs fanzha\\[command,screen]"
        )
        return
    site = DemoSite(out / "site", choose_address(port), password or token_urlsafe(9))
    story = site.prepare(out / "findings.parquet")
    with site.serve(console) as process:
        print_site(console, site, story)
        if checks:
            _print_line(console, "没有终端或带 --check：检查后网站自行停止，上面的网址随之失效。再次运行：")
            _print_line(
                console, "without a terminal, or with --check, the site is checked and stops by itself, and the"
            )
            _print_line(console, f"address above ends with it. To run it again: {restart_command(site)}")
            for check in site.probe(story):
                console.print(f"[green]ok[/green] {check}")
            _print_line(console, "网站已停止 the site stops")
            return
        _print_line(console, "按 Ctrl-C 停止 · Ctrl-C stops it")
        with suppress(KeyboardInterrupt):
            assert process.process is not None
            process.process.wait()


def restart_command(site: DemoSite) -> str:
    """Return the command that serves the demo as it was made."""
    return f"FANZHA_HOME={site.home.resolve()} fanzha up --port {site.address.port}"


def print_site(console: Console, site: DemoSite, story: DemoStory) -> None:
    """Print the people who can sign in, by organisation, and the address of the site; no line is cut or folded."""
    width = max(len(user.email) for user in story.users)
    for organization, users in groupby(story.users, lambda user: user.organization):
        _print_line(console, f"{organization.zh} {organization.en}")
        for user in users:
            _print_line(console, f"  {user.email:{width}}  {user.role.zh} {user.role.en}")
    _print_line(console, f"网址 address: {site.address.url}    口令 password: {site.password}")
    _print_line(console, f"日志 log: {site.log}")
    _print_line(console, f"指令 order: {site.address.url}/processes/{story.order}/")
    public = "  ".join(f"{site.address.url}{path}" for path in PUBLIC_PAGES)
    _print_line(console, f"公众页面 public pages: {public}")
    _print_line(console, f"被误标的店铺号码 a shop's number that is tagged wrongly: {SHOP_NUMBER}")
    _print_line(console, f"团伙 campaign: {site.address.url}/campaigns/{story.campaign}/")
    _print_line(
        console,
        "机构、人员、数据和近一年的记录均为虚构 all organisations, people, data and the year of records are made up",
    )


def _print_line(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False, soft_wrap=True)


def choose_address(port: int | None) -> SiteAddress:
    """Return the address to listen at: `port`, or the default port, or any free port if the default one is in use."""
    if port is not None:
        check_address(SiteAddress(port=port), Configuration())
        return SiteAddress(port=port)
    try:
        check_address(SiteAddress(), Configuration())
        return SiteAddress()
    except UsageError:
        return SiteAddress(port=free_port(socket.SOCK_STREAM))

"""The site of the demo: a state folder of its own with the story in it, brought up, probed, and stopped again."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_urlsafe

import msgspec
from rich.console import Console
from rich.table import Table

from fanzha.base.errors import WrongCall
from fanzha.base.words import Words
from fanzha.command.web.configuration import Configuration
from fanzha.run.alone import alone
from fanzha.run.browser import Browser, places
from fanzha.run.demo import DemoFailed
from fanzha.run.kept import Kept, Program, stop_all
from fanzha.run.part import part
from fanzha.run.screening import Call, ask, free_port
from fanzha.run.told import Story, User
from fanzha.run.up import Place, answers, check_place, missing
from fanzha.store.private_files import private_folder

SECONDS_TO_START = 120.0
TRUNK = "MSC-FIC-01"
_MARK = ".demo"  # a folder that holds it was made by a demo, and may be made anew
SITE_SETTINGS = """[verdicts]
organisation = "Example Mobile"
"""
_SCREEN = """standby = false
[sip.demo]
port = {port}
trunk_header = "X-Fanzha-Trunk"
[trunks.MSC-FIC-01]
ingress = "mobile"
proves = true
acts = "refuse"
"""


class DemoSite:
    """The demo's site; `home` is its state folder."""

    def __init__(self, home: Path, place: Place, password: str) -> None:
        self.home, self.place, self.password = home, place, password
        self.log = home / "site.log"
        self.sip = free_port()
        self.environment = {"FANZHA_HOME": str(home), "FANZHA_DATABASE_URL": ""}

    def prepare(self, findings: Path) -> Story:
        """Make the state folder anew and let the story happen in it. Raises WrongCall, DemoFailed."""
        self._make_folder()
        done = subprocess.run(
            part("story", str(findings.resolve())),
            env={**os.environ, **self.environment},
            input=f"{self.password}\n".encode(),
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise DemoFailed("the story of the demo broke off: " + done.stderr.decode(errors="replace").strip())
        return msgspec.json.decode(done.stdout, type=Story)

    def _make_folder(self) -> None:
        if self.home.exists() and not (self.home / _MARK).is_file():
            raise WrongCall(f"{self.home} was not made by a demo", fix="name another folder with --out")
        if self.home.exists():
            with alone(self.home):
                shutil.rmtree(self.home)
        private_folder(self.home)
        (self.home / _MARK).touch()
        (self.home / "fanzha.toml").write_text(SITE_SETTINGS, encoding="utf-8")
        (self.home / "screen.toml").write_text(_SCREEN.format(port=self.sip), encoding="utf-8")

    @contextmanager
    def running(self, console: Console) -> Iterator[Kept]:
        """Run `fanzha up` for the block. Raises DemoFailed when it does not come up."""
        command = [sys.executable, "-m", "fanzha", "up", "--host", self.place.host, "--port", str(self.place.port)]
        kept = Kept(Program(Words("网站", "site"), command, self.environment, self.log), console.print)
        kept.start()
        try:
            self._wait(kept)
            yield kept
        finally:
            stop_all([kept], console.print)

    def _wait(self, kept: Kept) -> None:
        end = time.monotonic() + SECONDS_TO_START
        while not answers(self.place, "/readyz"):
            if kept.process is None or kept.process.poll() is not None or time.monotonic() > end:
                raise DemoFailed("the site of the demo did not come up", fix=f"read what it said: {self.log}")
            time.sleep(0.1)

    def probe(self, story: Story) -> list[str]:
        """Sign in as everybody, open all that stands at the left, call; return what was checked. Raises DemoFailed."""
        if not answers(self.place, "/healthz"):
            raise DemoFailed("the site does not answer /healthz")
        pages = sum(self._look(user, number) for number, user in enumerate(story.users))
        self._call(story)
        return [
            f"{len(story.users)} people sign in and open {pages} pages",
            f"the legs of the order: {', '.join(f'{name} {state}' for name, state in sorted(story.legs.items()))}",
            "the screen refuses the number that was ordered, and lets another one pass",
        ]

    def _look(self, user: User, number: int) -> int:
        browser = Browser(self.place.address, number)
        try:
            home = browser.sign_in(user.email, self.password)
            if home.url != f"{self.place.address}/" or user.organization.zh not in home.text:
                raise DemoFailed(f"{user.email} could not sign in: led to {home.url}")
            pages = {path: browser.get(path) for path in places(home)}
        except (OSError, http.client.HTTPException) as error:
            raise DemoFailed(f"the site did not answer {user.email}: {error}") from None
        broken = [f"{path} ({page.status})" for path, page in pages.items() if page.status != 200]
        if broken or not pages:
            raise DemoFailed(f"pages that {user.email} has do not open: {', '.join(broken) or 'there are none'}")
        if not any(user.reads in page.text for page in pages.values()):
            raise DemoFailed(f"{user.email} finds {user.reads} nowhere")
        return len(pages)

    def _call(self, story: Story) -> None:
        expected = {story.refused: "refuse", "+8617000000101": "allow"}
        for one in ask(self.sip, [Call(Words("", ""), number, TRUNK, told) for number, told in expected.items()]):
            if one.treatment != one.call.expected:
                raise DemoFailed(f"the screen did not {one.call.expected} a call of {one.call.caller}: {one.treatment}")


def show_site(console: Console, out: Path, port: int | None, password: str | None, *, checks: bool) -> None:
    """Bring the site of the demo up with the findings of `out`; probe and stop it, or leave it until Ctrl-C."""
    if gone := missing("command") + missing("screen"):
        console.print(f"未演示网站：缺少 {', '.join(gone)} · the site is not shown: it needs fanzha\\[command,screen]")
        return
    site = DemoSite(out / "site", free_place(port), password or token_urlsafe(9))
    story = site.prepare(out / "findings.parquet")
    with site.running(console) as kept:
        print_site(console, site, story)
        if checks:
            for words in site.probe(story):
                console.print(f"[green]ok[/green] {words}")
            return
        console.print("按 Ctrl-C 停止 · Ctrl-C stops it")
        with suppress(KeyboardInterrupt):
            assert kept.process is not None
            kept.process.wait()


def print_site(console: Console, site: DemoSite, story: Story) -> None:
    """Print where the site is and who can sign in."""
    table = Table("登录 sign in", "机构 organisation", "角色 role")
    for user in story.users:
        table.add_row(user.email, f"{user.organization.zh} {user.organization.en}", f"{user.role.zh} {user.role.en}")
    console.print(table)
    console.print(f"网址 address: {site.place.address}    口令 password: {site.password}", highlight=False)
    console.print(f"日志 log: {site.log}", highlight=False, soft_wrap=True)
    console.print(f"指令 order: {site.place.address}/processes/{story.order}/    团伙 campaign: {story.campaign}")
    console.print("机构、人员和数据均为虚构 all organisations, people and data are made up")


def free_place(port: int | None) -> Place:
    """Return where the site is to listen: at a port, else at the usual one or, where that is taken, at any other."""
    if port is not None:
        check_place(Place(port=port), Configuration())
        return Place(port=port)
    try:
        check_place(Place(), Configuration())
        return Place()
    except WrongCall:
        return Place(port=free_port(socket.SOCK_STREAM))

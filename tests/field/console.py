"""A console as `fanzha up` serves it, on 127.0.0.1 with a database of its own, and a real Chromium that looks at it."""

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from tests.command.people import PASSWORD
from tests.field.screens import STARTED_WITHIN_SECONDS, until
from tests.free_ports import free_port
from tests.run.running_site import migrate_site

from fanzha.command.web.roles import Role
from fanzha.run.component import component_command

CHROMIUM = "/usr/bin/chromium"  # Debian's; tools/field_packages brings it
#: Without its own calls home, so that each request that is seen is the page's.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=30_000)  # a machine that does other things, too
LOCALES = {"zh-hans": "zh-CN", "en": "en-US"}


class Console:
    """The site as a process of its own, filled with a made-up world; it ends with the block.

    As a whole, or with the settings of a screen, worker, importer and jobs run too, as `fanzha up` starts them.
    """

    def __init__(
        self, home: Path, screen: str = "", world: str = "tests.field.console_world", *, whole: bool = False
    ) -> None:
        home.mkdir(parents=True, exist_ok=True)
        if screen:
            (home / "screen.toml").write_text(screen, "utf-8")
        self._is_whole = whole or bool(screen)
        self.home, self.port, self._world = home, free_port(), world
        self.address = f"http://127.0.0.1:{self.port}"
        self.environment = {**os.environ, "FANZHA_HOME": str(home)}
        self.environment.pop("FANZHA_DATABASE_URL", None)
        self._said = home / "said.txt"

    def run(self, *command: str) -> None:
        """Run a program in the site's home; fail with all it said."""
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"

    def __enter__(self) -> "Console":
        migrate_site(self.home)
        self.run(sys.executable, "-m", self._world)
        whole = [sys.executable, "-m", "fanzha", "up", "--port", str(self.port), "--processes", "1"]
        with self._said.open("wb") as said:
            command = whole if self._is_whole else component_command("site", "127.0.0.1", str(self.port), "1")
            self._process = subprocess.Popen(command, env=self.environment, stdout=said, stderr=said)
        try:
            until(self._is_ready, STARTED_WITHIN_SECONDS)
        except AssertionError as error:
            self.__exit__()
            raise AssertionError(self.said()) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(60)

    def wait_until_said(self, pattern: str) -> None:
        """Wait until a part of the site has told the operator something; fail at once if the site has ended."""

        def is_said() -> bool:
            assert self._process.poll() is None, self.said()
            return re.search(pattern, self.said()) is not None

        until(is_said, STARTED_WITHIN_SECONDS)

    def said(self) -> str:
        """Return what it told the operator so far."""
        return self._said.read_text("utf-8")

    def _is_ready(self) -> bool:
        assert self._process.poll() is None, self.said()
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Visit:
    """One person at one browser: every request and every complaint of the page is kept."""

    def __init__(self, browser: Browser, console: Console, language: str = "en", *, scripts: bool = True) -> None:
        self.console, self.language = console, language
        self.context: BrowserContext = browser.new_context(
            locale=LOCALES[language],
            viewport={"width": 1280, "height": 800},
            color_scheme="light",
            java_script_enabled=scripts,
        )
        self.context.set_default_timeout(60_000)
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.context.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda told: self._complain(told.text) if told.type == "error" else None)
        self.page.on("pageerror", lambda error: self._complain(str(error)))

    def __enter__(self) -> "Visit":
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def sign_in(self, organization: str, role: Role, password: str = PASSWORD) -> "Visit":
        """Sign in with the password, as people do."""
        self.go("/accounts/login/")
        self.page.fill("[name=login]", f"{role.value}@{organization}.example")
        self.page.fill("[name=password]", password)
        with self.page.expect_navigation():
            self.page.click("main form button.button-main")
        return self

    def go(self, path: str) -> int:
        """Open a page of the site; return its status."""
        answer = self.page.goto(f"{self.console.address}{path}")
        return answer.status if answer else 0

    def _complain(self, text: str) -> None:
        self.complaints.append(f"{self.path}: {text}")

    @property
    def path(self) -> str:
        """Return where the browser is now, without the site's address."""
        return self.page.url.removeprefix(self.console.address)

    def strangers(self) -> list[str]:
        """Return the requests that left the site."""
        own = (f"{self.console.address}/", "data:", "blob:")
        return [url for url in self.requests if not url.startswith(own)]

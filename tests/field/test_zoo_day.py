"""A day in the zoo: planted sites are found in a log, looked at, ordered, blocked, gone, and back under another name.

All parts are real: `fanzha up` with the watcher, the sandboxed browser, the zone and the prober; four resolvers; people
at browsers in both languages, and one more browser of somebody who is led to the warning page. `ZOO_DAY=whole` takes
all 2,000 names (a quarter of an hour) and prints the figures of the reference.
"""

from __future__ import annotations

import base64
import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect
from tests.collect.log_server import MadeLog, serving
from tests.field.console import Console, Visit, chromium
from tests.field.resolvers import HONEST, Resolver, Zone, run_honest_server, run_resolver
from tests.field.screens import until
from tests.field.zoo.day import make_honest_sites, make_planted_sites, to_ascii
from tests.field.zoo.day_names import LOOK_ALIKES, PLANTED, RETURNED, make_honest_names, make_passing_names
from tests.field.zoo.server import ZooServer, open_zoo
from tests.field.zoo.sites import Page, Site
from tests.free_ports import free_port

from fanzha.command.web.roles import Role
from fanzha.store.site_watch import open_site_watch
from fanzha.store.zone_settings import load_zone_key, load_zone_settings

pytestmark = pytest.mark.field
KINDS = ("bind", "unbound", "recursor", "knot")
WARNING = "127.0.0.80"
IS_WHOLE = os.environ.get("ZOO_DAY") == "whole"
#: Which planted names the log has: all, or three sites of each of two kits.
PLANTED_NUMBERS = range(len(PLANTED)) if IS_WHOLE else (0, 1, 4, 5, 9, 12)
#: Language, number of the planted name that the story follows, and of the name under which it comes back.
CASES = [("en", 0, 0), ("zh-hans", 1, 1)]
SETTINGS = """
[site_watch]
owner = "{{centre}}"
candidates_per_brand = 100
poll_seconds = 1.0
local_addresses = true
[[site_watch.log]]
name = "zoo2026h2"
url = "{log}"
key = "{key}"
start = "beginning"
[look]
enabled = true
page_seconds = 10.0
look_seconds = 60.0
at_once = 2
personas = [{personas}]
hosts = {{ "*" = "{honest}:{web}" }}
[resolver_zone]
name = "rpz.example.test"
listen = "127.0.0.1:{primary}"
ttl_seconds = 5
notify = [{notify}]
transfer_without_key = ["127.0.0.1"]
warning_addresses = ["{warning}"]
warning_listen = "{warning}:{web}"
warning_page = "{console}/blocked/"
zone_file = "{home}/rpz.zone"
[prober]
control = "control.example"
every_seconds = 2
grace_seconds = 0
http_port = {web}
https_port = {closed}
local_addresses = true
{vantages}
[[prober.vantage]]
name = "elsewhere"
resolver = "127.0.0.1:{outside}"
[appeals]
hotline = "+861010000"
"""


class Day(NamedTuple):
    """Everything that runs, and when the log got its names (UTC seconds)."""

    console: Console
    log: MadeLog
    zoo: ZooServer
    resolvers: tuple[Resolver, ...]
    planted: dict[int, str]
    logged_at: float

    def read_counts(self) -> dict[str, Any]:
        """Return what the site knows."""
        command = (sys.executable, "-m", "tests.field.zoo_world", "count")
        done = subprocess.run(command, env=self.console.environment, capture_output=True, text=True, check=True)
        found: dict[str, Any] = json.loads(done.stdout)
        return found


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    folder = tmp_path_factory.mktemp("zoo")
    planted = {number: to_ascii(PLANTED[number][0]) for number in PLANTED_NUMBERS}
    names = _names(list(planted.values()))
    sites = [*make_honest_sites(names), *make_planted_sites((number, PLANTED[number]) for number in PLANTED_NUMBERS)]
    sites += make_planted_sites(enumerate(RETURNED))
    sites.append(Site("control.example", "honest", {"/": Page(b"<title>Control</title>")}))
    log = MadeLog()
    for name in names:
        log.add([name])
    log.publish()
    console = Console(folder / "home", world="tests.field.zoo_world", whole=True)
    with ExitStack() as stack:
        zoo = stack.enter_context(open_zoo(sites, HONEST))
        outside = stack.enter_context(run_honest_server(folder / "outside", "."))
        ports = {kind: free_port() for kind in KINDS}
        primary = free_port()
        vantages = "".join(
            f'[[prober.vantage]]\nname = "{kind}"\nresolver = "127.0.0.1:{port}"\norganization = "{{isp}}"\n'
            for kind, port in ports.items()
        )
        values = {
            "log": stack.enter_context(serving(log)),
            "key": base64.b64encode(log.spki).decode(),
            "honest": HONEST,
            "web": zoo.server_port,
            "primary": primary,
            "warning": WARNING,
            "console": console.address,
            "notify": f'"127.0.0.1:{ports["bind"]}", "127.0.0.1:{ports["unbound"]}"',
            "home": console.home,
            "closed": free_port(),
            "outside": outside,
            "vantages": vantages,
            "personas": '"desktop", "phone", "phone_search"' if IS_WHOLE else '"phone"',
        }
        (console.home / "settings.toml").write_text(SETTINGS.format(**values))
        key = load_zone_key(console.home)
        logged_at = time.time()
        stack.enter_context(console)
        file = console.home / "rpz.zone"
        until(file.exists, 60)
        zone_settings = load_zone_settings(console.home)
        assert zone_settings is not None
        zone = Zone(zone_settings, key)
        resolvers = tuple(
            stack.enter_context(run_resolver(kind, zone, outside, folder / kind, port)) for kind, port in ports.items()
        )
        yield Day(console, log, zoo, resolvers, planted, logged_at)


def _names(planted: list[str]) -> list[str]:
    """Return the names of the log in the order that they come in."""
    honest, passing = make_honest_names(), make_passing_names()
    if not IS_WHOLE:
        honest, passing = [*LOOK_ALIKES[::25], *honest[200:230]], passing[:60]
    names = [*planted, *honest, *passing]
    random.Random("order").shuffle(names)
    return names


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


def test_planted_sites_are_found_and_honest_ones_are_not_accused(day: Day, capsys: pytest.CaptureFixture[str]) -> None:
    until(lambda: _is_settled(day), 1_500 if IS_WHOLE else 300)
    until(lambda: _are_placed(day.read_counts()), 60)
    counted = day.read_counts()
    planted = set(day.planted.values())
    suspect = {host for host, look in counted["looks"].items() if look["score"] is not None}
    with capsys.disabled():
        _print_figures(day, counted, planted, suspect)
    assert suspect - planted == set()
    assert len(suspect) >= (34 if IS_WHOLE else len(planted))
    by_kit = {counted["campaigns"][host]: number % 4 for number, host in day.planted.items() if host in suspect}
    assert sorted(by_kit.values()) == sorted({number % 4 for number in day.planted})


def _is_settled(day: Day) -> bool:
    """Return whether the log was read and all looks ended."""
    home = day.console.home
    with open_site_watch(home) as store:
        is_read = [status.seen for status in store.statuses()] == [len(day.log.leaves)] and not store.candidates(1)
    with closing(sqlite3.connect(f"file:{home}/fanzha.sqlite3?mode=ro", uri=True)) as database:
        states = {state for (state,) in database.execute("SELECT DISTINCT state FROM captures_capture")}
    return is_read and bool(states) and "waiting" not in states


def _are_placed(counted: dict[str, Any]) -> bool:
    """Return whether each suspect site is in a campaign."""
    return {host for host, look in counted["looks"].items() if look["score"] is not None} <= set(counted["campaigns"])


def _print_figures(day: Day, counted: dict[str, Any], planted: set[str], suspect: set[str]) -> None:
    candidates = counted["candidates"]
    first = min(row["at"] for row in candidates.values()) / 1_000 - day.logged_at
    last = max(look["at"] for look in counted["looks"].values()) / 1_000 - day.logged_at
    others = sorted(set(candidates) - planted)
    print(f"\n{len(day.log.leaves)} names, {len(planted)} planted: {len(planted & set(candidates))} are candidates,")
    print(f"{len(suspect & planted)} suspect after a look; honest candidates {len(others)}, of these suspect")
    looks = len(counted["looks"])
    print(f"{len(suspect - planted)}; candidates after {first:.0f} s, {looks} looks by {last:.0f} s")
    print(f"missed: {sorted(planted - suspect)}")


@pytest.mark.parametrize(("language", "number", "returned"), CASES)
def test_a_site_is_ordered_blocked_gone_and_back_under_another_name(
    day: Day, browser: Browser, language: str, number: int, returned: int, capsys: pytest.CaptureFixture[str]
) -> None:
    host, again = day.planted[number], to_ascii(RETURNED[returned][0])
    steps: dict[str, float] = {}
    with Visit(browser, day.console, language) as analyst:
        page = analyst.sign_in("centre", Role.ANALYST).page
        row = page.locator(f"tr:has(th:text-is('{host}'))")
        link = row.get_by_role("link", name="Campaign" if language == "en" else "团伙")
        until(lambda: analyst.go("/new-sites/") == 200 and link.count() == 1, 300)
        expect(row).to_contain_text("asks for secrets" if language == "en" else "索取敏感信息")
        link.click()
        campaign = analyst.path
        page.click("main .next-steps .button-main")  # take
        page.click("main .next-steps .button-main")  # confirm
        page.click("main .next-steps a.button-main")  # draft
        expect(page.locator("[name=chosen]:checked").first).to_be_visible()
        with page.expect_response("**/orders/preview*"):
            page.select_option("[name=target_kind]", "mixed")
        page.fill("[name=subjects]", f"+8617000{number}51234\napp:com.example.pay{number}")
        with page.expect_response("**/orders/preview*"):
            page.locator("[name=subjects]").blur()
        for kind, action in (("app", "take_down"), ("number", "refuse"), ("site", "refuse")):
            page.select_option(f"[name={kind}_action]", action)
        for receiver in ("isp", "carrier", "platform"):
            page.get_by_label(f"Example {receiver}" if language == "en" else f"示例{receiver}", exact=True).check()
        page.fill("[name=scope]", "resolution of names")
        with page.expect_navigation():
            page.click("main form button.button-main")
        assert not page.url.endswith("/orders/new"), page.locator("main").inner_text()
        order = analyst.path
        assert analyst.complaints == [] and analyst.strangers() == []
    with Visit(browser, day.console, language) as reviewer:
        page = reviewer.sign_in("centre", Role.REVIEWER).page
        reviewer.go(f"{order}approve/")
        for target in page.locator("[name=approved]").all():
            target.check()
        page.fill("[name=opinion]", "as the evidence says")
        approved_at = time.monotonic()
        with page.expect_navigation():
            page.click("main form button.button-main")
    for resolver in day.resolvers:
        until(lambda asked=resolver: asked.answers(host, WARNING), 60)  # type: ignore[misc]
        steps[resolver.name] = time.monotonic() - approved_at
    _see_warning_page(day, browser, language, host)
    day.zoo.sites.pop(host)  # its host takes it down
    with Visit(browser, day.console, language) as analyst:
        page = analyst.sign_in("centre", Role.ANALYST).page
        for place, state in (("knot", ("blocked", "已阻断")), ("elsewhere", ("gone", "已消失"))):
            wanted = f"from {place}: {state[0]}" if language == "en" else f"，{place}：{state[1]}"
            _reload_until(analyst, order, wanted)
            steps[f"{state[0]} by probe"] = time.monotonic() - approved_at
        day.log.add([again])
        day.log.publish()
        logged_at = time.monotonic()
        _reload_until(analyst, campaign, "new after the order" if language == "en" else "下达指令后新出现")
        steps["joined again"] = time.monotonic() - logged_at
        analyst.go("/new-sites/")
        expect(page.locator(f"tr:has(th:text-is('{again}')) a[href='{campaign}']")).to_have_count(1)
    with capsys.disabled():
        print("\n" + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in steps.items()))


def _reload_until(visit: Visit, path: str, text: str) -> None:
    """Load a page until it shows a text; fail with what it shows."""
    end = time.monotonic() + 180
    visit.go(path)
    while text not in (shown := visit.page.locator("main").inner_text()):
        assert time.monotonic() < end, f"{text} is not in:\n{shown}"
        visit.go(path)


def _see_warning_page(day: Day, browser: Browser, language: str, host: str) -> None:
    """Open a blocked site over plain HTTP in a browser whose names a resolver resolves."""
    with _ResolvingProxy(day.resolvers[0], day.zoo.server_port) as proxy:
        context = browser.new_context(
            proxy={"server": f"http://127.0.0.1:{proxy.server_port}", "bypass": "127.0.0.1"},
            locale={"en": "en-US", "zh-hans": "zh-CN"}[language],
            java_script_enabled=False,
        )
        page = context.new_page()
        page.goto(f"http://www.{host}/login")
        assert page.url == f"{day.console.address}/blocked/?host=www.{host}"
        expect(page.locator("main")).to_contain_text(host)
        expect(page.locator("main")).to_contain_text("Example centre" if language == "en" else "示例centre")
        expect(page.locator("main a[href*='appeal']").first).to_be_visible()
        context.close()


class _ResolvingProxy(ThreadingHTTPServer):
    """A proxy for plain HTTP that asks a resolver for each name, and connects to port `web` of the address."""

    daemon_threads = True

    def __init__(self, resolver: Resolver, web: int) -> None:
        super().__init__(("127.0.0.1", 0), _ProxyHandler)
        self.resolver, self.web = resolver, web
        self._thread = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> _ResolvingProxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class _ProxyHandler(BaseHTTPRequestHandler):
    server: _ResolvingProxy

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        (address,) = self.server.resolver.ask(parts.hostname or "").addresses
        connection = HTTPConnection(address, self.server.web, timeout=5)
        try:
            connection.request("GET", parts.path or "/", headers={"Host": parts.netloc})
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        self.send_response(answer.status)
        for name in ("Location", "Content-Type"):
            if value := answer.getheader(name):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""

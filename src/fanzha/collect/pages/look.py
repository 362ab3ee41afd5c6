"""One look at a URL: one sandboxed browser, several personas one after another, one evidence folder."""

import asyncio
import hashlib
import logging
import resource
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from fanzha.base.errors import UsageError
from fanzha.collect.pages.address_book import make_address_book
from fanzha.collect.pages.brand_pictures import load_brand_pictures, match_pictures
from fanzha.collect.pages.browser_pipe import BrowserError, BrowserPipe
from fanzha.collect.pages.chromium import browser_command
from fanzha.collect.pages.downloads import store_downloads
from fanzha.collect.pages.filtering_proxy import FilteringProxy
from fanzha.collect.pages.http_fetch import FetchLimits, fetch_url
from fanzha.collect.pages.look_folder import write_folder
from fanzha.collect.pages.page_differences import compare_visits
from fanzha.collect.pages.page_visit import PageCapture, PageVisitor
from fanzha.collect.pages.personas import PERSONAS
from fanzha.collect.pages.picture_hash import hash_icon
from fanzha.collect.pages.picture_reader import PictureReader
from fanzha.collect.pages.process_monitor import ProcessMonitor
from fanzha.collect.pages.sandbox import Sandbox, open_sandbox
from fanzha.store.look_record import (
    BrandLikeness,
    IconFacts,
    LogoCrop,
    LookRecord,
    PersonaVisit,
)
from fanzha.store.look_settings import LookSettings

log = logging.getLogger(__name__)

MOST_URL_CHARACTERS = 2_000
PLAIN = "plain"
#: A visit that ended with an error of the fetcher itself.
FAULT = "fault"
_MONITOR_SECONDS = 0.4


class LookResult(NamedTuple):
    """The record of a look and what was captured."""

    record: LookRecord
    captures: tuple[PageCapture, ...]


def check_url(url: str) -> str:
    """Return a URL as it is fetched: http or https with a host, without user name. Raise UsageError."""
    text = url.strip()
    if "://" not in text:
        text = f"http://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname or len(text) > MOST_URL_CHARACTERS:
        raise UsageError(f"{text[:100]} is no address of a page", fix="write it as https://host/path")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return parts._replace(netloc=host if port is None else f"{host}:{port}").geturl()


def look_at(url: str, folder: Path, settings: LookSettings) -> LookRecord:
    """Look at a URL and write the evidence to `folder`, which must not exist.

    Raise UsageError for a URL that is no page, for a missing browser, or if the sandbox cannot be made. Faults of the
    page are in the record.
    """
    url = check_url(url)
    command = browser_command(settings.browser)
    folder.mkdir(parents=True, mode=0o700)
    record, captures = asyncio.run(_look(url, folder, settings, command))
    write_folder(folder, record, captures)
    return record


async def _look(url: str, folder: Path, settings: LookSettings, command: list[str]) -> LookResult:
    started, at = time.monotonic(), time.time_ns() // 1_000_000
    own = resource.getrusage(resource.RUSAGE_SELF)
    addresses = make_address_book(settings)
    proxy = FilteringProxy(addresses, settings.most_bytes)
    plain = asyncio.create_task(_visit_plainly(url, settings))
    captures: list[PageCapture] = []
    problem = version = ""
    brands: tuple[BrandLikeness, ...] = ()
    with open_sandbox(command, settings.isolation) as sandbox:
        monitor = ProcessMonitor(sandbox.process.pid)
        try:
            async with proxy.serve(sandbox.listener), _connect(sandbox, settings, monitor, proxy) as pipe:
                version = str((await pipe.call("Browser.getVersion", seconds=20.0))["product"])
                major = version.rpartition("/")[2].partition(".")[0]
                visitor = PageVisitor(pipe, major, settings.language, proxy.find_hello)
                async with asyncio.timeout(settings.look_seconds):
                    for name in settings.personas:
                        captures.append(await visit_guarded(visitor, url, name, settings.page_seconds, proxy.spent))
                        captures[-1].visit = store_downloads(captures[-1].visit, sandbox.folder, folder)
                brands = await _compare_pictures(PictureReader(pipe), captures)
        except (BrowserError, TimeoutError) as error:
            problem = proxy.reason or ("time" if isinstance(error, TimeoutError) else "crash")
        except Exception:  # the capture so far is evidence, also if the page broke its reader
            log.exception("the look at %s failed", url)
            problem = FAULT
        monitor.measure()
    plain_visit = await finish_guarded(plain, url, 1.0 + settings.page_seconds)
    visits = (*(capture.visit for capture in captures), plain_visit)
    now = resource.getrusage(resource.RUSAGE_SELF)
    own_seconds = now.ru_utime + now.ru_stime - own.ru_utime - own.ru_stime
    record = LookRecord(
        url=url,
        at=at,
        isolation=sandbox.isolation,
        browser=version,
        visits=visits,
        differences=compare_visits(visit for visit in visits if visit.persona != PLAIN),
        brands=brands,
        connections=proxy.connections(),
        problem=problem,
        seconds=round(time.monotonic() - started, 2),
        cpu_seconds=round(monitor.cpu_seconds + own_seconds, 2),
    )
    return LookResult(record, tuple(captures))


@asynccontextmanager
async def _connect(
    sandbox: Sandbox, settings: LookSettings, monitor: ProcessMonitor, proxy: FilteringProxy
) -> AsyncIterator[BrowserPipe]:
    """Connect to the browser and watch what it uses; it is cut off above the limits."""
    pipe = BrowserPipe(sandbox.reader, sandbox.writer)

    async def watch() -> None:
        while not pipe.closed.is_set():
            use = monitor.measure()
            if use.memory_bytes > settings.memory_bytes or use.processes > settings.most_processes:
                proxy.reason = "memory" if use.memory_bytes > settings.memory_bytes else "processes"
                pipe.close()
            await asyncio.sleep(_MONITOR_SECONDS)

    watching = asyncio.create_task(watch())
    try:
        yield pipe
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        pipe.close()


async def visit_guarded(
    visitor: PageVisitor, url: str, persona: str, seconds: float, spent: asyncio.Event
) -> PageCapture:
    """Return what a persona got; an error of the fetcher ends this visit alone. Raise BrowserError, TimeoutError."""
    try:
        return await visitor.visit(url, PERSONAS[persona], seconds, spent)
    except (BrowserError, TimeoutError):
        raise
    except Exception:
        log.exception("the visit of %s as %s failed", url, persona)
        return PageCapture(PersonaVisit(persona, url, ended_by=FAULT))


async def finish_guarded(plain: "asyncio.Task[PersonaVisit]", url: str, seconds: float) -> PersonaVisit:
    """Return the visit of the plain client when it ends or fails, at the latest after `seconds`."""
    try:
        return await asyncio.wait_for(plain, seconds)
    except TimeoutError:
        return PersonaVisit(PLAIN, url, ended_by="time")
    except Exception:
        log.exception("the plain visit of %s failed", url)
        return PersonaVisit(PLAIN, url, ended_by=FAULT)


async def _visit_plainly(url: str, settings: LookSettings) -> PersonaVisit:
    """Return what a client that is no browser gets."""
    addresses = make_address_book(settings)
    headers = {"User-Agent": "Mozilla/5.0 (compatible)", "Accept": "text/html", "Accept-Language": settings.language}
    limits = FetchLimits(settings.page_seconds, min(settings.most_bytes, 2_000_000))
    fetched = await asyncio.to_thread(fetch_url, url, addresses, headers, limits)
    return PersonaVisit(
        persona=PLAIN,
        final_url=fetched.final_url,
        status=fetched.status,
        ended_by=fetched.problem,
        redirects=fetched.redirects,
        headers=fetched.headers,
    )


async def _compare_pictures(reader: PictureReader, captures: list[PageCapture]) -> tuple[BrandLikeness, ...]:
    """Hash the icons and the pictures at the top of what was captured; return the brands that they are like."""
    icons: dict[bytes, str] = {}
    found: list[tuple[str, str]] = []
    for capture in captures:
        if capture.icon and capture.icon not in icons:
            icons[capture.icon] = await reader.hash_picture(capture.icon)
        if capture.icon:
            digest = hashlib.sha256(capture.icon).hexdigest()
            icon = IconFacts(capture.icon_url, digest, hash_icon(capture.icon), icons[capture.icon])
            capture.visit = msgspec.structs.replace(capture.visit, icon=icon)
    found += [("icon", picture_hash) for picture_hash in icons.values() if picture_hash]
    if captures:
        telling = max(captures, key=lambda capture: len(capture.visit.asks))
        hashes = await reader.hash_boxes(telling.screenshot, [(0, 0, 0, 0), *telling.boxes])
        crops = zip(telling.boxes, hashes[1:], strict=False)
        logos = tuple(LogoCrop(box, picture_hash) for box, picture_hash in crops if picture_hash)
        telling.visit = msgspec.structs.replace(telling.visit, logos=logos, picture_hash=(hashes or [""])[0])
        found += [("logo", logo.picture_hash) for logo in logos]
    return match_pictures(found, await load_brand_pictures(reader)) if found else ()


def look_briefly(url: str, settings: LookSettings) -> LookRecord:
    """Look at a URL without keeping evidence."""
    with tempfile.TemporaryDirectory(prefix="fanzha-look-") as name:
        return look_at(url, Path(name) / "look", settings)

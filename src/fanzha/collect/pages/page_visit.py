"""One visit of a page by one persona, in a browser context of its own that is thrown away afterwards."""

import asyncio
import base64
import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from fanzha.collect.pages.browser_pipe import BrowserError, BrowserPipe, Message, decode_body, evaluated_value
from fanzha.collect.pages.downloads import MOST_DOWNLOAD_BYTES, MOST_DOWNLOADS
from fanzha.collect.pages.network_journal import JournalEntry, NetworkJournal
from fanzha.collect.pages.page_facts import build_page_facts, find_forms, find_trackers
from fanzha.collect.pages.page_inventory import PageInventory, inventory_script, read_inventory, resolve_link
from fanzha.collect.pages.personas import Persona
from fanzha.store.look_record import (
    CertificateFacts,
    DownloadFacts,
    PageForm,
    PersonaVisit,
)

#: A page is complete when nothing was loaded for this long after its load event, or after `SETTLE_SECONDS`.
QUIET_SECONDS, SETTLE_SECONDS = 0.5, 5.0
MOST_DIALOGS, MOST_FRAMES = 20, 6
MOST_BODY_BYTES, MOST_BODIES_BYTES = 3_000_000, 20_000_000
MOST_DOM_CHARACTERS = 3_000_000
MOST_SCREENSHOT_HEIGHT = 3_000
_SCRIPT_MS = 5_000
_KEPT_BODIES = ("Document", "Script", "Stylesheet", "XHR", "Fetch", "Image", "Font")
#: Read through prototypes, since named elements hide the members of a document.
_DOM = (
    "(() => { const get = (type, name, owner) => Object.getOwnPropertyDescriptor(type.prototype, name).get.call(owner);"
    " const root = get(Document, 'documentElement', document);"
    f" return root ? get(Element, 'outerHTML', root).slice(0, {MOST_DOM_CHARACTERS}) : ''; }})()"
)


@dataclass
class PageCapture:
    """A visit and the bytes that belong to it: screenshot, DOM, icon and bodies by their SHA-256."""

    visit: PersonaVisit
    screenshot: bytes = b""
    dom: bytes = b""
    icon: bytes = b""
    icon_url: str = ""
    boxes: tuple[tuple[int, int, int, int], ...] = ()
    bodies: dict[str, bytes] = field(default_factory=dict)


class PageVisitor:
    """Visits a URL in one browser; `version` is that of Chromium, as in "156"."""

    def __init__(self, pipe: BrowserPipe, version: str, language: str, find_hello: Callable[[str], str]) -> None:
        self._pipe, self._version, self._language, self._find_hello = pipe, version, language, find_hello

    async def visit(self, url: str, persona: Persona, seconds: float, spent: asyncio.Event) -> PageCapture:
        """Return what a persona got within `seconds`; it ends at once when `spent` is set. Raise BrowserError."""
        context = (await self._pipe.call("Target.createBrowserContext", disposeOnDetach=True))["browserContextId"]
        try:
            target = await self._pipe.call("Target.createTarget", url="about:blank", browserContextId=context)
            attached = await self._pipe.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
            page = _Page(self._pipe, attached["sessionId"], target["targetId"], persona)
            try:
                await page.prepare(self._version, self._language, context)
                return await page.load(url, time.monotonic() + seconds, spent, self._find_hello)
            finally:
                self._pipe.forget(page.session)
                page.close()
        finally:
            with suppress(BrowserError, TimeoutError):
                await self._pipe.call("Target.disposeBrowserContext", seconds=5.0, browserContextId=context)


class _Page:
    """The page of one visit: what its events said, and the calls to it."""

    def __init__(self, pipe: BrowserPipe, session: str, target: str, persona: Persona) -> None:
        self.session, self._pipe, self._target, self._persona = session, pipe, target, persona
        self._journal = NetworkJournal(self._end, self._restart)
        self._downloads: dict[str, Message] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._dialogs = self._popups = 0
        self._loaded_at: float | None = None
        self._ended = asyncio.Event()
        self._ended_by = ""

    async def prepare(self, version: str, language: str, context: str) -> None:
        persona = self._persona
        handlers = {
            **self._journal.handlers(),
            "Page.javascriptDialogOpening": self._on_dialog,
            "Page.loadEventFired": self._on_load,
            "Inspector.targetCrashed": lambda _: self._end("crash"),
        }
        for event, handler in handlers.items():
            self._pipe.on(event, handler, self.session)
        self._pipe.on("Target.targetCreated", self._on_target)
        self._pipe.on("Browser.downloadWillBegin", self._on_download)
        self._pipe.on("Browser.downloadProgress", self._on_progress)
        agent: Message = {"userAgent": persona.user_agent(version), "acceptLanguage": language,
                 "platform": "Linux armv81" if persona.is_phone else "Win32",
                 "userAgentMetadata": persona.client_hints(version)}  # fmt: skip
        await self._call("Page.enable")
        self._journal.frame = str((await self._call("Page.getFrameTree"))["frameTree"]["frame"]["id"])
        await self._call("Network.enable", maxTotalBufferSize=MOST_BODIES_BYTES, maxResourceBufferSize=MOST_BODY_BYTES)
        await self._call("Emulation.setUserAgentOverride", **agent)
        await self._call("Emulation.setDeviceMetricsOverride", width=persona.width, height=persona.height,
                         deviceScaleFactor=1, mobile=persona.is_phone)  # fmt: skip
        if persona.is_phone:
            await self._call("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=5)
        await self._pipe.call("Browser.setDownloadBehavior", behavior="allowAndName", browserContextId=context,
                              downloadPath="downloads", eventsEnabled=True)  # fmt: skip

    async def load(
        self, url: str, deadline: float, spent: asyncio.Event, find_hello: Callable[[str], str]
    ) -> PageCapture:
        waiter = asyncio.create_task(_first(spent, self._ended, self._pipe.closed))
        try:
            await self._navigate(url, deadline, waiter)
            if waiter.done():
                self._end("budget" if spent.is_set() else "crash")
        finally:
            waiter.cancel()
        return await self._capture(url, find_hello)

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _navigate(self, url: str, deadline: float, waiter: "asyncio.Task[None]") -> None:
        navigation = asyncio.create_task(self._start_navigation(url, deadline))
        await asyncio.wait((navigation, waiter), return_when=asyncio.FIRST_COMPLETED)
        if not navigation.done():
            navigation.cancel()
            return
        if problem := navigation.result():
            self._end(problem)
            if not self._downloads:
                return
        while not waiter.done():
            now = time.monotonic()
            if now >= deadline:
                self._end("time")
                break
            is_quiet = now - self._journal.changed_at > QUIET_SECONDS and not self._journal.is_busy()
            if self._loaded_at is not None and not self._running_downloads():
                if is_quiet or now - self._loaded_at > SETTLE_SECONDS:
                    return
            elif self._downloads and not self._running_downloads():
                return
            await asyncio.wait((waiter,), timeout=0.1)
        with suppress(BrowserError, TimeoutError):
            await self._call("Page.stopLoading", seconds=2.0)

    async def _start_navigation(self, url: str, deadline: float) -> str:
        """Start loading; return why nothing is loaded, "" if something is."""
        parameters = {"url": url} | (
            {"referrer": self._persona.referrer, "referrerPolicy": "unsafeUrl"} if self._persona.referrer else {}
        )
        try:
            started = await self._call("Page.navigate", seconds=max(0.1, deadline - time.monotonic()), **parameters)
        except TimeoutError:
            return "time"
        return _name_problem(str(started.get("errorText", "")))

    async def _capture(self, url: str, find_hello: Callable[[str], str]) -> PageCapture:
        """Take inventory, DOM and screenshot of the present page, also after a visit that failed."""
        page, dom, screenshot = PageInventory(), b"", b""
        forms: list[PageForm] = []
        try:
            frames = _list_frames(await self._call("Page.getFrameTree", seconds=3.0))
            page = read_inventory(await self._evaluate(frames[0], inventory_script()))
            forms = list(find_forms(page))
            dom = str(await self._evaluate(frames[0], _DOM) or "").encode("utf-8", "replace")
            for frame in frames[1:]:
                forms += find_forms(read_inventory(await self._evaluate(frame, inventory_script())))
        except (BrowserError, TimeoutError):
            self._end("unresponsive")
        with suppress(BrowserError, TimeoutError):
            screenshot = await self._take_screenshot(page)
        bodies = await self._read_bodies() if dom else {}
        icon_url, icon = await self._read_icon(page) if dom else ("", b"")
        requests, redirects = self._journal.requests(), self._journal.redirects
        document = self._journal.find_document()
        visit = PersonaVisit(
            persona=self._persona.name,
            final_url=page.url or url,
            status=document.status if document else 0,
            title=page.title[:500],
            text=" ".join(page.text.split())[:20_000],
            ended_by=self._ended_by,
            redirects=tuple(redirects),
            headers=document.headers if document else {},
            requests=requests,
            forms=tuple(forms),
            facts=build_page_facts(page, requests, redirects) if dom else {},
            scripts=tuple(dict.fromkeys(each.sha256 for each in requests if each.type == "Script" and each.sha256)),
            trackers=find_trackers(dom.decode("utf-8", "replace") + " ".join(each.url for each in requests)),
            links=_list_links(page),
            certificate=await self._read_certificate(document) if document else None,
            server_hello=find_hello(urlsplit(page.url).hostname or ""),
            downloads=tuple(_describe_download(each) for each in self._downloads.values()),
            dialogs=self._dialogs,
            popups=self._popups,
            websockets=self._journal.websockets,
            screenshot=hashlib.sha256(screenshot).hexdigest() if screenshot else "",
            dom=hashlib.sha256(dom).hexdigest() if dom else "",
        )
        boxes = tuple((int(x), int(y), int(width), int(height)) for x, y, width, height in page.pictures)
        return PageCapture(visit, screenshot, dom, icon, icon_url, boxes, bodies)

    async def _evaluate(self, frame: str, expression: str) -> Any:
        """Return the value of an expression in an isolated world of a frame."""
        world = await self._call("Page.createIsolatedWorld", seconds=3.0, frameId=frame)
        result = await self._call(
            "Runtime.evaluate",
            seconds=_SCRIPT_MS / 1000 + 2,
            expression=expression,
            timeout=_SCRIPT_MS,
            contextId=world["executionContextId"],
            returnByValue=True,
        )
        return evaluated_value(result)

    async def _take_screenshot(self, page: PageInventory) -> bytes:
        height = min(max(page.height, self._persona.height), MOST_SCREENSHOT_HEIGHT)
        clip = {"x": 0, "y": 0, "width": self._persona.width, "height": height, "scale": 1}
        taken = await self._call(
            "Page.captureScreenshot", seconds=8.0, format="png", clip=clip, captureBeyondViewport=True
        )
        return base64.b64decode(str(taken.get("data", "")))

    async def _read_bodies(self) -> dict[str, bytes]:
        bodies: dict[str, bytes] = {}
        total = 0
        for number, entry in list(self._journal.entries.items()):
            if entry.type not in _KEPT_BODIES or not entry.is_finished or not 200 <= entry.status < 300:
                continue
            with suppress(BrowserError, TimeoutError, ValueError):
                body = decode_body(await self._call("Network.getResponseBody", seconds=3.0, requestId=number))
                if len(body) > MOST_BODY_BYTES or total + len(body) > MOST_BODIES_BYTES:
                    entry.problem = "the body is too large to keep"
                    continue
                total += len(body)
                entry.sha256, entry.size = hashlib.sha256(body).hexdigest(), len(body)
                bodies[entry.sha256] = body
        return bodies

    async def _read_icon(self, page: PageInventory) -> tuple[str, bytes]:
        """Return the URL and the bytes of the favicon, which a browser without a window does not load itself."""
        found = next((link.href for link in page.links if "icon" in link.rel.lower().split()), "/favicon.ico")
        url = resolve_link(page.url, found)
        if url.startswith("data:"):
            head, _, text = url.partition(",")
            with suppress(ValueError):
                return "data:", base64.b64decode(text) if head.endswith("base64") else text.encode()
        if not url.startswith(("http://", "https://")):
            return "", b""
        with suppress(BrowserError, TimeoutError, ValueError):
            options = {"disableCache": False, "includeCredentials": False}
            loaded = await self._call(
                "Network.loadNetworkResource", seconds=5.0, frameId=self._journal.frame, url=url, options=options
            )
            resource = loaded.get("resource", {})
            if resource.get("success") and "stream" in resource:
                handle = str(resource["stream"])
                part = await self._call("IO.read", seconds=3.0, handle=handle, size=1_000_000)
                await self._call("IO.close", handle=handle)
                return url, decode_body(part, "data")
        return "", b""

    async def _read_certificate(self, document: JournalEntry) -> CertificateFacts | None:
        details = document.security
        if not details:
            return None
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(document.url))
        digest = ""
        with suppress(BrowserError, TimeoutError, ValueError):
            table = (await self._call("Network.getCertificate", seconds=3.0, origin=origin)).get("tableNames", [])
            digest = hashlib.sha256(base64.b64decode(table[0])).hexdigest() if table else ""
        with suppress(KeyError, TypeError, ValueError):
            return CertificateFacts(
                sha256=digest,
                subject=str(details["subjectName"])[:300],
                issuer=str(details["issuer"])[:300],
                names=tuple(str(name)[:255] for name in details["sanList"][:100]),
                valid_from=int(details["validFrom"] * 1000),
                valid_to=int(details["validTo"] * 1000),
                protocol=str(details["protocol"])[:20],
                is_trusted=document.state == "secure",
            )
        return None

    async def _call(self, method: str, seconds: float = 10.0, **parameters: Any) -> Message:
        return await self._pipe.call(method, self.session, seconds, **parameters)

    def _end(self, reason: str) -> None:
        self._ended_by = self._ended_by or reason
        self._ended.set()

    def _running_downloads(self) -> bool:
        return any(each["state"] == "inProgress" for each in self._downloads.values())

    def _on_load(self, _: Message) -> None:
        self._loaded_at = time.monotonic()

    def _restart(self) -> None:
        self._loaded_at = None

    def _on_dialog(self, _: Message) -> None:
        self._dialogs += 1
        if self._dialogs > MOST_DIALOGS:
            self._end("dialogs")
        self._start(self._call("Page.handleJavaScriptDialog", seconds=3.0, accept=False))

    def _on_target(self, event: Message) -> None:
        info = event["targetInfo"]
        if info.get("type") == "page" and info.get("openerId") == self._target:
            self._popups += 1
            self._start(self._pipe.call("Target.closeTarget", targetId=info["targetId"]))

    def _on_download(self, event: Message) -> None:
        if len(self._downloads) >= MOST_DOWNLOADS:
            self._cancel_download(event)
        elif event.get("frameId") == self._journal.frame or not self._journal.frame:
            self._downloads[str(event["guid"])] = {"state": "inProgress", "bytes": 0, **event}

    def _on_progress(self, event: Message) -> None:
        download = self._downloads[str(event["guid"])]
        download["state"], download["bytes"] = str(event["state"]), int(event["receivedBytes"])
        if sum(each["bytes"] for each in self._downloads.values()) > MOST_DOWNLOAD_BYTES:
            self._cancel_download(event)

    def _cancel_download(self, event: Message) -> None:
        self._end("download")
        self._start(self._pipe.call("Browser.cancelDownload", guid=event["guid"]))

    def _start(self, call: Any) -> None:
        async def run() -> None:
            with suppress(BrowserError, TimeoutError):
                await call

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _first(*events: asyncio.Event) -> None:
    waiting = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()


def _list_frames(tree: Message) -> list[str]:
    """Return the ids of the first frames of a page, the page itself first."""
    found, waiting = list[str](), [tree["frameTree"]]
    while waiting and len(found) < MOST_FRAMES:
        node = waiting.pop(0)
        found.append(str(node["frame"]["id"]))
        waiting += node.get("childFrames", [])
    return found


def _list_links(page: PageInventory) -> tuple[str, ...]:
    links = dict.fromkeys(resolve_link(page.url, href) for href in page.anchors[:300])
    return tuple(link for link in links if link.startswith(("http://", "https://")))[:200]


def _describe_download(download: Message) -> DownloadFacts:
    """Return a download whose hash is not known yet: its stored name takes the place of the hash."""
    name = str(download.get("suggestedFilename", ""))[:200]
    guid = str(download["guid"]) if download["state"] == "completed" else ""
    return DownloadFacts(str(download.get("url", ""))[:2_000], name, int(download["bytes"]), guid)


def _name_problem(error: str) -> str:
    """Return a short word for an error of the network; a download aborts its navigation, which is no error."""
    if not error or error == "net::ERR_ABORTED":
        return ""
    known = {"ERR_TOO_MANY_REDIRECTS": "redirects", "ERR_SOCKS_CONNECTION_FAILED": "not reached"}
    return known.get(error.removeprefix("net::"), error.removeprefix("net::")[:100])

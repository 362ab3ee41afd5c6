"""What a page requested, put together from the events of the browser: requests, redirects, failures."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from fanzha.collect.pages.browser_pipe import Message
from fanzha.store.look_record import PageRequest, Redirect

MOST_REQUESTS, MOST_REDIRECTS = 500, 20


@dataclass
class JournalEntry:
    """A request as events describe it."""

    url: str
    method: str
    type: str
    status: int = 0
    mime: str = ""
    size: int = 0
    address: str = ""
    problem: str = ""
    is_finished: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    security: Message = field(default_factory=dict)
    state: str = ""
    sha256: str = ""


class NetworkJournal:
    """The requests of one page by their ids; `end` is called with a reason when there are too many.

    `frame` is the id of the main frame, `changed_at` when something happened last (`time.monotonic`).
    """

    def __init__(self, end: Callable[[str], None], restart: Callable[[], None]) -> None:
        self._end, self._restart = end, restart
        self.entries: dict[str, JournalEntry] = {}
        self.redirects: list[Redirect] = []
        self.websockets = 0
        self.frame = ""
        self.changed_at = time.monotonic()

    def handlers(self) -> dict[str, Callable[[Message], None]]:
        """Return the handlers of events by their names."""
        return {
            "Network.requestWillBeSent": self._on_request,
            "Network.responseReceived": self._on_response,
            "Network.loadingFinished": self._on_finished,
            "Network.loadingFailed": self._on_failed,
            "Network.webSocketCreated": self._on_websocket,
        }

    def find_document(self) -> JournalEntry | None:
        """Return the request of the page itself, the last one after redirects."""
        documents = [entry for entry in self.entries.values() if entry.type == "Document"]
        return documents[-1] if documents else None

    def is_busy(self) -> bool:
        """Return whether a request has not ended; sockets never end."""
        return any(not entry.is_finished and entry.type != "WebSocket" for entry in self.entries.values())

    def requests(self) -> tuple[PageRequest, ...]:
        """Return all requests in their order."""
        return tuple(
            PageRequest(entry.url[:2_000], entry.method[:20], entry.type, entry.status, entry.mime[:100], entry.size,
                        entry.sha256, entry.address, entry.problem[:200])
            for entry in self.entries.values()
        )  # fmt: skip

    def _on_request(self, event: Message) -> None:
        number, request = str(event["requestId"]), event["request"]
        is_page = event.get("type") == "Document" and event.get("frameId", "") in (self.frame, "")
        earlier = self.entries.get(number)
        if "redirectResponse" in event and earlier is not None:
            earlier.status, earlier.is_finished = int(event["redirectResponse"]["status"]), True
            earlier.type = "Redirect" if is_page else earlier.type
            self.entries[f"{number}/{len(self.entries)}"] = earlier
            del self.entries[number]
            if is_page:
                self._add_redirect(earlier.url, earlier.status, str(request["url"]))
        elif is_page and (document := self.find_document()) is not None and document.url != str(request["url"]):
            self._add_redirect(document.url, 0, str(request["url"]))  # by a script or a `meta` element
            self._restart()
        if len(self.entries) >= MOST_REQUESTS:
            self._end("requests")
            return
        kind = str(event.get("type", ""))
        self.entries[number] = JournalEntry(str(request["url"]), str(request["method"]), kind)
        if kind == "Document" and not is_page:
            self.entries[number].type = "Frame"
        self.changed_at = time.monotonic()

    def _add_redirect(self, url: str, status: int, location: str) -> None:
        self.redirects.append(Redirect(url[:2_000], status, location[:2_000]))
        if len(self.redirects) > MOST_REDIRECTS:
            self._end("redirects")

    def _on_response(self, event: Message) -> None:
        entry, response = self.entries[str(event["requestId"])], event["response"]
        entry.status, entry.mime = int(response["status"]), str(response["mimeType"])
        entry.address = str(response.get("remoteIPAddress", ""))
        fields = list(response["headers"].items())[:60]
        entry.headers = {str(name).lower()[:100]: str(value)[:2_000] for name, value in fields}
        entry.security, entry.state = response.get("securityDetails") or {}, str(response.get("securityState", ""))
        self.changed_at = time.monotonic()

    def _on_finished(self, event: Message) -> None:
        entry = self.entries[str(event["requestId"])]
        entry.is_finished, entry.size = True, int(event.get("encodedDataLength", 0))
        self.changed_at = time.monotonic()

    def _on_failed(self, event: Message) -> None:
        entry = self.entries[str(event["requestId"])]
        entry.is_finished, entry.problem = True, str(event.get("errorText", "failed"))
        self.changed_at = time.monotonic()

    def _on_websocket(self, event: Message) -> None:
        self.websockets += 1
        if len(self.entries) < MOST_REQUESTS:
            self.entries[str(event["requestId"])] = JournalEntry(str(event["url"]), "GET", "WebSocket")

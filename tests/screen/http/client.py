"""An application of real parts over a made-up snapshot, asked without a socket; what the tests of all routes share."""

import asyncio
import json
from collections import deque
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from tests.claims.snapshots import AT, SALT, delta
from tests.screen.stir.signers import URL, VerifiedChains, made_signer

from fanzha.base.words import Words
from fanzha.claims.contents_builder import ContentsBuilder
from fanzha.claims.snapshot import SnapshotFile, SnapshotHead, compile_base
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import Level
from fanzha.screen.call_counters import CallCounters
from fanzha.screen.decider import Decider
from fanzha.screen.emergency import EmergencyCalls
from fanzha.screen.event_log import EventLog, LogWriter
from fanzha.screen.feeds.records import RecordsFeed
from fanzha.screen.feeds.registrations import RegistrationFeed
from fanzha.screen.http.app import HttpApp
from fanzha.screen.http.authorization import KeyAuthorizer
from fanzha.screen.http.dependencies import ScreenServices
from fanzha.screen.http.hash_ranges import NumberRanges, UrlPrefixes
from fanzha.screen.mapped_snapshot import MappedSnapshot
from fanzha.screen.metrics import Metrics
from fanzha.screen.overload import OverloadControl
from fanzha.screen.registrations import Registrations
from fanzha.screen.roaming import RoamingLookup
from fanzha.screen.screener import Screener
from fanzha.screen.settings import EnforcementStep, ScreenSettings, TrunkSettings
from fanzha.screen.stir.verifier import CallVerifier
from fanzha.store.screen_keys import KeyScope, ScreenKeyCache, ScreenKeys

BAD, WATCHED, GOOD = "+8617000000001", "+8617000000002", "+8617000000900"
LISTED: dict[tuple[str, str], SnapshotEntry] = {
    ("phone_number", BAD): SnapshotEntry(
        Level.SUSPECTED, Treatment.REFUSE, "fake_authority", organization="a made-up carrier"
    ),
    ("phone_number", WATCHED): SnapshotEntry(Level.WATCH, Treatment.LABEL, "wangiri"),
    ("phone_number", "+8617000000003"): SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE, "wangiri", simulated=True),
    ("phone_number", "+8617000000004"): SnapshotEntry(
        Level.SUSPECTED, Treatment.REFUSE, ingress="international_gateway"
    ),
    ("website", "bank-made-up.example"): SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE, "phishing"),
}
URLS = {
    "shop-made-up.example/pay/": SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE, "fake_shopping"),
    "shop-made-up.example/watched": SnapshotEntry(Level.WATCH, Treatment.LABEL),
    "simulated-made-up.example/": SnapshotEntry(Level.SUSPECTED, Treatment.REFUSE, "phishing", simulated=True),
}
SETTINGS = ScreenSettings(
    trunks={
        "IGW-1": TrunkSettings(ingress="international_gateway", acts=EnforcementStep.REFUSE),
        "MSC-1": TrunkSettings(ingress="mobile", proves=True, acts=EnforcementStep.REFUSE),
    }
)


@cache
def keys_of_all_scopes() -> tuple[bytes, dict[KeyScope, str]]:
    """Return a file of keys, one a scope, and the keys; made once, since a file of keys is flushed to the disk."""
    with TemporaryDirectory() as folder:
        keys = ScreenKeys(Path(folder))
        keys_by_scope = {scope: add_key(keys, scope.value, scope) for scope in KeyScope}
        return keys.path.read_bytes(), keys_by_scope


def add_key(keys: ScreenKeys, name: str, *scopes: KeyScope, rate: int = 1_000_000, burst: int = 10_000_000) -> str:
    """Return a new key; by default one that never asks too much."""
    return keys.add(name, scopes, rate=rate, burst=burst, at=0, by="Lin")


class Screen:
    """An application with its parts, and a key for every scope."""

    def __init__(self, folder: Path, listed: Mapping[tuple[str, str], SnapshotEntry] = LISTED) -> None:
        listing = ContentsBuilder()
        for (kind, value), entry in listed.items():
            listing.add(kind, value, entry)
        listing.add_urls(URLS)
        head = SnapshotHead(what="base", sequence=1, created_at=AT, salt=SALT)
        self.base = SnapshotFile(memoryview(b"".join(compile_base(listing.build(), head))), "base")
        self.snapshot: MappedSnapshot | None = MappedSnapshot(self.base)
        data, self.key = keys_of_all_scopes()
        self.keys = ScreenKeys(folder)
        self.keys.path.parent.mkdir()
        self.keys.path.touch(0o600)
        self.keys.path.write_bytes(data)
        self.metrics = Metrics()
        self.facts: deque[tuple[str, Mapping[str, Any]]] = deque(maxlen=1_000)  # told by the feed: table and columns
        self.log = EventLog(LogWriter(folder, waiting=1_000, days=1))
        self.missing: tuple[Words, ...] = ()
        self.registrations = Registrations()
        self.verifier = CallVerifier(VerifiedChains({URL: made_signer().pem}), fresh_seconds=60)
        decider = Decider(EmergencyCalls())
        decider.snapshot = self.snapshot
        roaming = RoamingLookup(None, wait_ms=30, keep_ms=60_000, remembered=100)
        self.parts = ScreenServices(
            screener=Screener(
                SETTINGS, decider, roaming, self.log, b"k" * 32, verifier=self.verifier, metrics=self.metrics
            ),
            snapshot=lambda: self.snapshot,
            feed=RecordsFeed(lambda _at, table, columns: self.facts.append((table, columns)), lambda: AT),
            authorizer=KeyAuthorizer(ScreenKeyCache(self.keys), self.metrics),
            metrics=self.metrics,
            call_counters=CallCounters(self.metrics, "http"),
            missing=lambda: self.missing,
            url_prefixes=UrlPrefixes(),
            number_ranges=NumberRanges(),
            overload=OverloadControl(),
            registrations=RegistrationFeed(
                lambda at, rows: [self.registrations.add(row, at) for row in rows], lambda: AT, keep_ms=86_400_000
            ),
            verifier=self.verifier,
        )
        self.app = HttpApp(self.parts)

    def add_key(self, name: str, *scopes: KeyScope, rate: int = 1_000_000, burst: int = 10_000_000) -> str:
        """Return a new key; by default one that never asks too much."""
        return add_key(self.keys, name, *scopes, rate=rate, burst=burst)

    def change(self, listed: Mapping[tuple[str, str], SnapshotEntry | None]) -> None:
        """Lay a delta over the snapshot served."""
        assert self.snapshot is not None
        files = [*self.snapshot.deltas]
        files.append(delta(self.base, (self.base, *files)[-1], listed))
        self.snapshot = MappedSnapshot(self.base, files)


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    screen: Screen,
    method: str,
    address: str,
    *,
    scope: KeyScope | None = None,
    key: str = "",
    body: object = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Ask the application once; `scope` says whose key goes with the question, a body that is no bytes goes as JSON."""
    if scope is not None:
        key = screen.key[scope]
    all_headers = {**({"authorization": f"Bearer {key}"} if key else {}), **(headers or {})}
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    parts = urlsplit(address)
    request = {
        "type": "http",
        "method": method,
        "path": parts.path,
        "query_string": parts.query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in all_headers.items()],
    }
    return asyncio.run(send_request(screen.app, request, [data]))


async def send_request(app: HttpApp, request: dict[str, Any], pieces: list[bytes]) -> Answer:
    """Hand a request and its body, piece by piece, to an application; return what it sent."""
    sent: list[Any] = []
    waiting = list(pieces)

    async def receive() -> Any:
        if not waiting:
            return {"type": "http.disconnect"}
        piece = waiting.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(waiting)}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(request, receive, send)
    if not sent:
        return Answer(0, {}, b"")
    start, *bodies = sent
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    response_headers = {name.decode(): value.decode() for name, value in start["headers"]}
    assert len(response_headers) == len(start["headers"]), "no header stands twice"
    assert int(response_headers["content-length"]) == len(bodies[0]["body"])
    return Answer(start["status"], response_headers, bodies[0]["body"])


def value_query(text: str) -> str:
    """Return a value as it stands in a query."""
    return f"value={quote(text, safe='')}"

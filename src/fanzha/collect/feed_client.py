"""Fetch one feed: a collection of TAXII 2.1, a feed of MISP or a CSV list, within limits.

Servers may be hostile: an answer is limited in size and time, compressed answers are refused, JSON is decoded with a
limit of depth, and a contact reads a limited number of pages.
"""

import base64
import hashlib
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import msgspec

from fanzha.base.errors import FanzhaError, Malformed
from fanzha.base.outgoing_request import PrivateAddressPolicy, RequestFailed, ResponseTooLarge, get
from fanzha.collect.access_tokens import AccessTokens, TokenClient
from fanzha.share.csv_table import read_table
from fanzha.share.items import FeedContent, RejectReason
from fanzha.share.misp import FeedEvent, read_event, read_manifest
from fanzha.share.stix import read_objects
from fanzha.store.delivery_settings import read_secret
from fanzha.store.feed_queue import FOLDER, DueFeed, FeedDefinition
from fanzha.store.state_folder import state_folder

TAXII_TYPE = "application/taxii+json;version=2.1"
MAX_BYTES = 16 * 1024 * 1024
#: Pages or events of one contact; the next contact resumes where this one ended.
MAX_PAGES = 500
PAGE_OBJECTS = 2_000
#: An event later than this after now is passed over.
MAX_AHEAD_SECONDS = 86_400
#: Later than every UUID: a cursor without one was written when all events of its second were read.
_AFTER_IDS = "~"
_SETTING = "[exchange] private_addresses"
_TOKENS = AccessTokens()


class FeedFailed(Exception):
    """Raised for a contact that failed; the message has the reason and no address."""


class FeedPage(NamedTuple):
    """The content of one answer, and the cursor of the feed after it."""

    result: FeedContent
    cursor: str


def fetch_feed(due: DueFeed) -> Iterator[FeedPage]:
    """Yield what is new in a feed. Raise FeedFailed."""
    try:
        match due.definition.format:
            case "taxii":
                yield from _fetch_taxii(due)
            case "misp":
                yield from _fetch_misp(due)
            case _:
                yield from _fetch_csv(due)
    except (RequestFailed, FanzhaError, Malformed, OSError) as error:
        raise FeedFailed(str(error)[:200]) from None


def _fetch_taxii(due: DueFeed) -> Iterator[FeedPage]:
    feed, cursor = due.definition, due.cursor
    query = {"limit": str(PAGE_OBJECTS), "match[version]": "last"} | ({"added_after": cursor} if cursor else {})
    seen: set[str] = set()
    for _ in range(MAX_PAGES):
        body, headers = _get(feed, f"{feed.url.rstrip('/')}/objects/?{urlencode(query)}", {"Accept": TAXII_TYPE})
        envelope = _decode(body)
        objects = envelope.get("objects", []) if isinstance(envelope, dict) else None
        if not isinstance(objects, list):
            raise FeedFailed("the answer is no envelope of TAXII")
        cursor = headers.get("x-taxii-date-added-last", cursor)[:60] if objects else cursor
        if objects:
            yield FeedPage(read_objects(objects), cursor)
        next_ = envelope.get("next")
        if not envelope.get("more") or not isinstance(next_, str):
            return
        if next_ in seen or not objects:
            raise FeedFailed("the server promises more and gives nothing new")
        seen.add(next_)
        query["next"] = next_[:1_000]


def _fetch_misp(due: DueFeed) -> Iterator[FeedPage]:
    feed = due.definition
    seconds, _, event_id = due.cursor.partition(" ")
    last = (int(seconds or "0"), event_id or _AFTER_IDS)
    named = read_manifest(_decode(_read(feed, "manifest.json")))
    events = [event for event in named if event.timestamp <= time.time() + MAX_AHEAD_SECONDS]
    new = [event for event in events if (event.timestamp, event.event_id) > last]
    if new and len(events) < len(named):  # a cursor in the future would pass over all that comes after it
        yield FeedPage(FeedContent(rejected={RejectReason.TIMES: len(named) - len(events)}), due.cursor)
    for event in new[:MAX_PAGES]:
        yield FeedPage(_read_misp_event(feed, event), f"{event.timestamp} {event.event_id}")


def _read_misp_event(feed: FeedDefinition, event: FeedEvent) -> FeedContent:
    """Return the content of an event, or the reason for which it is rejected: later events are read all the same."""
    try:
        return read_event(_decode(_read(feed, event.file_name)))
    except ResponseTooLarge:
        return FeedContent(rejected={RejectReason.TOO_LARGE: 1})
    except RequestFailed as failed:
        if str(failed) not in ("HTTP 404", "HTTP 410"):
            raise
        return FeedContent(rejected={RejectReason.UNREADABLE: 1})


def _fetch_csv(due: DueFeed) -> Iterator[FeedPage]:
    body = _read(due.definition, "")
    digest = hashlib.sha256(body).hexdigest()
    if digest == due.cursor:
        return
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise FeedFailed("the list is not written in UTF-8") from None
    yield FeedPage(read_table(text, time.time_ns() // 1_000_000, only_column=due.definition.only_kind), digest)


def _read(feed: FeedDefinition, name: str) -> bytes:
    """Return a file of a feed, from its address or from a folder of the state folder."""
    if feed.url.startswith(FOLDER):
        return _read_file(feed.url.removeprefix(FOLDER), name)
    url = f"{feed.url.rstrip('/')}/{quote(name)}" if name else feed.url
    return _get(feed, url, {})[0]


def _read_file(folder: str, name: str) -> bytes:
    base = state_folder() / "collect" / "feeds"
    path = (base / folder / name) if name else base / folder
    if not path.resolve().is_relative_to(base.resolve()) or not path.is_file():
        raise FeedFailed(f"{Path('collect/feeds') / folder / name} is not there")
    if path.stat().st_size > MAX_BYTES:
        raise ResponseTooLarge(f"the file has more than {MAX_BYTES} bytes")
    return path.read_bytes()


def _get(feed: FeedDefinition, url: str, headers: Mapping[str, str]) -> tuple[bytes, Mapping[str, str]]:
    """Return body and headers of an address of a feed; an access token that is refused is renewed once."""
    _check_scheme(feed, url)
    policy = PrivateAddressPolicy(feed.allows_private, _SETTING)
    sent = {"Accept-Encoding": "identity", "User-Agent": "fanzha", **headers}
    if feed.token_url:
        body, received = _get_by_token(feed, url, sent, policy)
    else:
        if feed.secret_file:
            secret = _read_secret(feed.secret_file)
            pair = base64.b64encode(f"{feed.user}:{secret}".encode()).decode()
            sent["Authorization"] = f"Basic {pair}" if feed.user else f"Bearer {secret}"
        body, received = get(url, policy, MAX_BYTES, sent)
    if received.get("content-encoding", "identity") != "identity":
        raise FeedFailed("the answer is compressed, which was not asked for")
    return body, received


def _get_by_token(
    feed: FeedDefinition, url: str, headers: Mapping[str, str], policy: PrivateAddressPolicy
) -> tuple[bytes, Mapping[str, str]]:
    _check_scheme(feed, feed.token_url)
    client = TokenClient(feed.token_url, feed.user, _read_secret(feed.secret_file), feed.token_scope)
    for is_last in (False, True):
        token = _TOKENS.take(client, policy)
        try:
            return get(url, policy, MAX_BYTES, {**headers, "Authorization": f"Bearer {token}"})
        except RequestFailed as failed:
            if str(failed) != "HTTP 401" or is_last:
                raise
            _TOKENS.discard(client, token)
    raise AssertionError("the last turn returns or raises")


def _check_scheme(feed: FeedDefinition, url: str) -> None:
    if not url.startswith(("https://", "http://") if feed.allows_private else "https://"):
        raise FeedFailed("only https is fetched")


def _read_secret(name: str) -> str:
    try:
        return read_secret(f"feeds/{name}")
    except UnicodeDecodeError:
        raise FeedFailed(f"keys/feeds/{name} is no text") from None


def _decode(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        raise FeedFailed("the answer is no JSON, or was cut short") from None

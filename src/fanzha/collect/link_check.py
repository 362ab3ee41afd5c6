"""Client of the public list of links of a site: a list on disk, updated by what changed, and questions by prefix only.

    >>> with LinkChecker("https://site.example/link-list") as checker:  # doctest: +SKIP
    ...     checker.update()
    ...     checker.check("http://shop.example/pay")
    LinkVerdict(action='block', fraud_type='phishing', title=Words(zh='钓鱼盗取信息', ...), expression='shop.example/')

The site learns four bytes of hashes, and those only when the list has them, among others of the list. None means
that the link is not listed; it does not mean that the link is safe. Other servers of Safe Browsing v5 that answer in
JSON are read, too; their entries are to be warned of.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import numpy as np

from fanzha.base.words import Words
from fanzha.claims.hash_list import (
    ListUpdate,
    Prefixes,
    RiceDeltas,
    apply_update,
    decode_rice,
    list_checksum,
    prefix_of,
    read_prefixes,
    write_prefixes,
)
from fanzha.claims.url_expressions import expressions, url_hash

LIST = "se-4b"
TIMEOUT_SECONDS = 10.0
#: Prefixes of the list that are asked for beside the one that is meant.
DECOYS = 3
MOST_BYTES = 64 * 1024 * 1024
_LISTING, _STATE = "prefixes.bin", "state.json"
Fetch = Callable[[str], bytes]


class LinkVerdict(NamedTuple):
    """The verdict of the site on a link: `action` is "warn" or "block"; `expression` is the listed part."""

    action: str
    fraud_type: str
    title: Words
    expression: str


class UpdateResult(NamedTuple):
    """The result of an update: entries now, numbers of removed and added ones; `is_whole`: the whole list was sent."""

    entries: int
    removed: int
    added: int
    is_whole: bool


class ListDamaged(ValueError):
    """The answer of the site cannot be used: no list, or one whose checksum differs."""


class _SiteAnswer(NamedTuple):
    until: float
    verdicts: Mapping[bytes, LinkVerdict]


class LinkChecker:
    """The list of one site, kept in a folder: `$XDG_CACHE_HOME/fanzha/link-list/…` unless another is named.

    `fetch` returns the body of an address; without one, urllib asks. `clock` returns seconds since 1970.
    """

    def __init__(
        self,
        site: str,
        folder: Path | None = None,
        *,
        fetch: Fetch | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Open the list. Raise ValueError if `site` is no address with http:// or https://."""
        if not site.startswith(("https://", "http://")):
            raise ValueError("the site is an address with https://")
        self.site = site.rstrip("/")
        self.folder = folder or cache_folder() / sha256(self.site.encode()).hexdigest()[:16]
        self._fetch, self._clock = fetch or _fetch, clock
        self._answers: dict[bytes, _SiteAnswer] = {}
        self._prefixes, self._state = self._read()
        self._key = str(self._state.get("key") or secrets.token_hex(16))

    def __enter__(self) -> LinkChecker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._answers.clear()

    @property
    def entries(self) -> int:
        """How many prefixes the list has."""
        return len(self._prefixes)

    @property
    def updated_at(self) -> float | None:
        """When the list was last brought up to date (seconds since 1970), None if never."""
        return self._state.get("updated_at")

    @property
    def is_due(self) -> bool:
        """Whether the time that the site asks to wait between two updates is over."""
        return self._clock() >= float(self._state.get("next_at", 0))

    def update(self) -> UpdateResult:
        """Bring the list up to date; load it whole if it is damaged. Raise OSError or ListDamaged."""
        try:
            return self._update(str(self._state.get("version", "")))
        except ListDamaged:
            if not self._state.get("version"):
                raise
            self._prefixes, self._state = np.zeros(0, np.uint32), {}
            return self._update("")

    def check(self, link: str) -> LinkVerdict | None:
        """Return the verdict of the site on a link: the strictest action, with the most exact part listed for it.

        Raise Malformed if it is no link, OSError if the site is asked and does not answer.
        """
        hashes = {url_hash(expression): expression for expression in expressions(link)}
        hits = {full_hash: text for full_hash, text in hashes.items() if self._has(full_hash)}
        found = [
            verdict._replace(expression=hits[full_hash])
            for full_hash, verdict in self._search(hits).items()
            if full_hash in hits
        ]
        return min(found, key=lambda verdict: verdict.action, default=None)  # "block" stands before "warn"

    def _has(self, full_hash: bytes) -> bool:
        wanted = np.uint32(prefix_of(full_hash))
        place = int(np.searchsorted(self._prefixes, wanted))
        return place < len(self._prefixes) and bool(self._prefixes[place] == wanted)

    def _update(self, version: str) -> UpdateResult:
        query = urllib.parse.urlencode({"version": version} if version else {})
        answer = self._ask(f"/v5/hashList/{LIST}" + (f"?{query}" if query else ""))
        update, wait = _read_update(answer)
        try:
            after = apply_update(self._prefixes, update)
        except ValueError as error:
            raise ListDamaged(str(error)) from None
        result = UpdateResult(len(after), len(update.removals), len(update.additions), not update.is_partial)
        now = self._clock()
        self._prefixes = after
        self._state = {"version": answer.get("version", ""), "updated_at": now, "next_at": now + wait}
        self._write()
        return result

    def _search(self, hashes: Iterable[bytes]) -> dict[bytes, LinkVerdict]:
        """Return the verdicts on hashes; ask the site for prefixes whose answer is not kept any more."""
        now, found = self._clock(), dict[bytes, LinkVerdict]()
        asked = []
        for prefix in {full_hash[:4] for full_hash in hashes}:
            kept = self._answers.get(prefix)
            if kept is not None and now < kept.until:
                found |= kept.verdicts
            else:
                asked.append(prefix)
        if not asked:
            return found
        every = [*asked, *self._decoys(asked)]
        secrets.SystemRandom().shuffle(every)
        texts = [base64.b64encode(prefix).decode() for prefix in dict.fromkeys(every)]
        answer = self._ask("/v5/hashes:search?" + urllib.parse.urlencode({"hashPrefixes": texts}, doseq=True))
        verdicts, keep = _read_matches(answer)
        for prefix in every:
            own = {full_hash: verdict for full_hash, verdict in verdicts.items() if full_hash[:4] == prefix}
            self._answers[prefix] = _SiteAnswer(now + keep, own)
        return found | verdicts

    def _decoys(self, prefixes: Iterable[bytes]) -> list[bytes]:
        """Return prefixes of the list to ask for beside others: the same each time, so that repeats tell no more."""
        if not len(self._prefixes):
            return []
        key, found = bytes.fromhex(self._key), []
        for prefix in prefixes:
            wanted = read_prefixes(sha256(key + prefix).digest())[:DECOYS]
            places = np.searchsorted(self._prefixes, wanted) % len(self._prefixes)
            found += [int(number).to_bytes(4, "big") for number in self._prefixes[places]]
        return found

    def _ask(self, path: str) -> dict[str, Any]:
        body = self._fetch(self.site + path)
        try:
            answer = json.loads(body)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise ListDamaged("the answer of the site is no JSON object")
        return answer

    def _read(self) -> tuple[Prefixes, dict[str, Any]]:
        """Return list and state of the folder; nothing if they are missing or damaged."""
        try:
            state = json.loads((self.folder / _STATE).read_text("utf-8"))
            prefixes = read_prefixes((self.folder / _LISTING).read_bytes())
            if state["checksum"] == list_checksum(prefixes).hex() and (np.diff(prefixes.astype(np.int64)) > 0).all():
                return prefixes, state
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return np.zeros(0, np.uint32), {}

    def _write(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        own = {"checksum": list_checksum(self._prefixes).hex(), "site": self.site, "key": self._key}
        state = self._state | own
        for name, data in ((_LISTING, write_prefixes(self._prefixes)), (_STATE, json.dumps(state).encode())):
            part = self.folder / f"{name}.{os.getpid()}.part"
            part.write_bytes(data)
            part.replace(self.folder / name)


def cache_folder() -> Path:
    """Return the folder of lists: `fanzha/link-list` below XDG_CACHE_HOME (by default `~/.cache`)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fanzha" / "link-list"


def _read_update(answer: Mapping[str, Any]) -> tuple[ListUpdate, float]:
    """Return the update of an answer, and how many seconds to wait for the next. Raise ListDamaged."""
    try:
        update = ListUpdate(
            _bytes(answer.get("version", "")),
            bool(answer.get("partialUpdate", False)),
            decode_rice(_rice(answer.get("compressedRemovals"))),
            decode_rice(_rice(answer.get("additionsFourBytes"))),
            _bytes(answer.get("sha256Checksum", "")),
        )
        return update, _seconds(answer.get("minimumWaitDuration", "0s"))
    except (ValueError, TypeError, AttributeError) as error:
        raise ListDamaged(f"the list of the site cannot be read: {error}") from None


def _read_matches(answer: Mapping[str, Any]) -> tuple[dict[bytes, LinkVerdict], float]:
    """Return the verdicts of an answer by whole hash, and how many seconds to keep it. Raise ListDamaged."""
    try:
        verdicts = {
            _bytes(entry["fullHash"]): _verdict(entry.get("fullHashDetails") or [{}])
            for entry in answer.get("fullHashes", ())
        }
        return verdicts, _seconds(answer.get("cacheDuration", "0s"))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ListDamaged(f"the answer of the site cannot be read: {error}") from None


def _verdict(details: Sequence[Mapping[str, Any]]) -> LinkVerdict:
    detail = details[0]
    title = detail.get("fraudTitle") or {}
    action = "block" if detail.get("action") == "block" else "warn"
    words = Words(str(title.get("zh", "")), str(title.get("en", "")))
    return LinkVerdict(action, str(detail.get("fraudType", "")), words, "")


def _rice(part: Mapping[str, Any] | None) -> RiceDeltas | None:
    if part is None:
        return None
    return RiceDeltas(
        int(part.get("firstValue", 0)),
        int(part.get("riceParameter", 0)),
        int(part.get("entriesCount", 0)),
        _bytes(part.get("encodedData", "")),
    )


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None


def _seconds(duration: str) -> float:
    return max(float(duration.removesuffix("s")), 0.0)


def _fetch(address: str) -> bytes:
    request = urllib.request.Request(address, headers={"Accept": "application/json", "User-Agent": "fanzha"})
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
        body = bytes(answer.read(MOST_BYTES + 1))
    if len(body) > MOST_BYTES:
        raise ListDamaged("the answer of the site is too long")
    return body

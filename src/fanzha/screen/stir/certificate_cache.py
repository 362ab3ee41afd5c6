"""Signers' certificates by the address in the PASSporT (`x5u`), fetched and verified apart from calls.

A call whose certificate is not cached starts a fetch in a thread and does not wait. Callers choose the addresses:
fetches are few, small, over HTTPS, to public addresses, and to the permitted hosts and ports alone. Chains are public,
so anybody can offer copies under many addresses: those under which no signature verified are dropped first.
"""

import contextlib
import logging
import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from fanzha.base.outgoing_request import AddressRefused, RequestFailed, ResponseTooLarge
from fanzha.screen.stir.certificate_chain import CertificateRejected, SignerCredential, TrustAnchors
from fanzha.screen.stir.passport import is_permitted_address
from fanzha.store.private_files import write_private_file

#: Returns body and header fields of an address; raises RequestFailed.
Fetch = Callable[[str], tuple[bytes, Mapping[str, str]]]

MAX_CREDENTIALS, MAX_FAULTS = 4_096, 4_096
MAX_PENDING, MAX_THREADS = 64, 4
#: How long a fault is kept before the address is fetched again, and the minimum for a certificate.
RETRY_MS = 60_000
_LOG_AGAIN_SECONDS = 60.0

_LOG = logging.getLogger(__name__)
_MAX_AGE = re.compile(r"(?:^|[,\s])(?:s-maxage|max-age)\s*=\s*(\d{1,9})", re.IGNORECASE)


class _CachedSigner(NamedTuple):
    content: SignerCredential | str  # str: a key of VERIFICATION_REASONS
    refresh_at: int  # UTC ms
    is_confirmed: bool = False  # a signature of this address verified


class _StoredChain(msgspec.Struct, array_like=True):
    """A chain as kept on disk, so that a new process knows it."""

    url: str
    refresh_at: int
    pem: bytes


class CertificateCache:
    """Credentials by address. `find` is for the event loop; fetches run in threads."""

    def __init__(
        self,
        anchors: TrustAnchors,
        fetch: Fetch,
        *,
        keep_ms: int,
        ports: tuple[int, ...] = (443, 8443),
        hosts: tuple[str, ...] = (),
        folder: Path | None = None,
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        """`keep_ms` is the longest time without a new fetch; `hosts` () permits every public host."""
        self._anchors, self._fetch, self._keep_ms, self._clock = anchors, fetch, keep_ms, clock
        self._ports, self._hosts, self._folder = ports, tuple(map(str.lower, hosts)), folder
        self._credentials: dict[str, _CachedSigner] = {}
        self._faults: dict[str, _CachedSigner] = {}
        self._pending: set[str] = set()
        self._lock = Lock()
        self._pool = ThreadPoolExecutor(MAX_THREADS, "certificates")
        self._logged_at = -_LOG_AGAIN_SECONDS
        self.fetched = self.failed = self.skipped = 0

    def __len__(self) -> int:
        return len(self._credentials)

    def find(self, url: str, at: int) -> SignerCredential | str:
        """Return the credential at an address, or the reason why there is none; start a fetch where one is due.

        A credential that is due again is used until the new one has come or it expires.
        """
        entry = self._credentials.get(url) or self._faults.get(url)
        if entry is not None and at < entry.refresh_at:
            return entry.content
        if not self._is_permitted(url):
            return "bad_address"
        self._start_fetch(url)
        if entry is None:
            return "certificate_pending"
        if isinstance(entry.content, SignerCredential) and at >= entry.content.valid_until:
            return "certificate_pending"
        return entry.content

    def confirm(self, url: str) -> None:
        """Note that a signature verified under the certificate at an address."""
        entry = self._credentials.get(url)
        if entry is not None and not entry.is_confirmed:
            with self._lock:
                if entry := self._credentials.get(url):
                    self._credentials[url] = entry._replace(is_confirmed=True)

    def load(self) -> None:
        """Load the chains on disk in a thread."""
        if self._folder is not None:
            self._pool.submit(self._load_files, self._folder)

    def close(self) -> None:
        """Start no further fetch."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _is_permitted(self, url: str) -> bool:
        if not is_permitted_address(url, self._ports):
            return False
        host = (urlsplit(url).hostname or "").lower()
        return not self._hosts or any(host == name or host.endswith(f".{name}") for name in self._hosts)

    def _start_fetch(self, url: str) -> None:
        if url in self._pending:
            return
        if len(self._pending) >= MAX_PENDING:
            self.skipped += 1
            return
        self._pending.add(url)
        with contextlib.suppress(RuntimeError):  # closed
            self._pool.submit(self._run_fetch, url)

    def _run_fetch(self, url: str) -> None:
        """Fetch, verify and store; runs in a thread."""
        try:
            self.fetched += 1
            content, keep_ms, pem = self._read_chain(url)
            refresh_at = self._clock() + keep_ms
            if isinstance(content, SignerCredential):
                refresh_at = min(refresh_at, content.valid_until)
                self._save(url, refresh_at, pem)
            self._store(url, _CachedSigner(content, refresh_at))
        except Exception:
            _LOG.exception("证书获取出错 the fetch of a certificate failed")
            self._store(url, _CachedSigner("certificate_unavailable", self._clock() + RETRY_MS))
        finally:
            self._pending.discard(url)

    def _read_chain(self, url: str) -> tuple[SignerCredential | str, int, bytes]:
        """Return credential or reason, how long it is kept in ms, and the chain."""
        try:
            pem, headers = self._fetch(url)
            credential = self._anchors.verify(pem, datetime.fromtimestamp(self._clock() / 1_000, UTC))
        except (RequestFailed, CertificateRejected) as error:
            self._log_fault(url, error)
            return _reason(error), RETRY_MS, b""
        match = _MAX_AGE.search(headers.get("cache-control", ""))
        keep_ms = min(self._keep_ms, int(match[1]) * 1_000) if match else self._keep_ms
        return credential, max(keep_ms, RETRY_MS), pem

    def _store(self, url: str, entry: _CachedSigner) -> None:
        with self._lock:
            known = self._credentials.get(url)
            if isinstance(entry.content, SignerCredential):
                self._faults.pop(url, None)
                self._store_credential(url, entry._replace(is_confirmed=known is not None and known.is_confirmed))
                return
            self.failed += 1
            if known is not None and entry.content == "certificate_unavailable":
                # The repository is down: the credential serves until it expires.
                self._credentials[url] = known._replace(refresh_at=entry.refresh_at)
                return
            self._drop_credential(url)
            _store_newest(self._faults, url, entry)
            while len(self._faults) > MAX_FAULTS:
                del self._faults[next(iter(self._faults))]

    def _store_credential(self, url: str, entry: _CachedSigner) -> None:
        """Store an entry as the newest; beyond the limit drop the oldest other unconfirmed one, else the oldest."""
        _store_newest(self._credentials, url, entry)
        while len(self._credentials) > MAX_CREDENTIALS:
            unconfirmed = (other for other, known in self._credentials.items() if not known.is_confirmed)
            oldest = next(unconfirmed, url)
            self._drop_credential(oldest if oldest != url else next(iter(self._credentials)))

    def _drop_credential(self, url: str) -> None:
        if self._credentials.pop(url, None) is not None and self._folder is not None:
            with contextlib.suppress(OSError):
                _chain_path(self._folder, url).unlink(missing_ok=True)

    def _save(self, url: str, refresh_at: int, pem: bytes) -> None:
        if self._folder is not None:
            with contextlib.suppress(OSError):  # a full disk costs a fetch after the next start
                chain = msgspec.msgpack.encode(_StoredChain(url, refresh_at, pem))
                write_private_file(_chain_path(self._folder, url), chain)

    def _load_files(self, folder: Path) -> None:
        at = self._clock()
        for path in sorted(folder.glob("*.chain"))[:MAX_CREDENTIALS]:
            try:
                chain = msgspec.msgpack.decode(path.read_bytes(), type=_StoredChain)
                credential = self._anchors.verify(chain.pem, datetime.fromtimestamp(at / 1_000, UTC))
            except (OSError, msgspec.MsgspecError, CertificateRejected):
                path.unlink(missing_ok=True)  # damaged, expired or of an authority that is not trusted any more
                continue
            if chain.url not in self._credentials and self._is_permitted(chain.url):
                self._store(chain.url, _CachedSigner(credential, min(chain.refresh_at, at + self._keep_ms)))

    def _log_fault(self, url: str, error: Exception) -> None:
        """Log a fault at most once a minute, because callers choose the addresses."""
        now = time.monotonic()
        if now - self._logged_at >= _LOG_AGAIN_SECONDS:
            self._logged_at = now
            _LOG.warning("证书不可用 certificate %s: %a", url[:200], str(error)[:300])  # %a: no lines of its own


def _reason(error: Exception) -> str:
    if isinstance(error, AddressRefused):
        return "bad_address"
    if isinstance(error, CertificateRejected | ResponseTooLarge):
        return "certificate_rejected"
    return "certificate_unavailable"


def _store_newest(entries: dict[str, _CachedSigner], url: str, entry: _CachedSigner) -> None:
    entries.pop(url, None)
    entries[url] = entry


def _chain_path(folder: Path, url: str) -> Path:
    return folder / f"{sha256(url.encode()).hexdigest()[:32]}.chain"

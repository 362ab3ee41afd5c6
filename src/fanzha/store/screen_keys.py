"""API keys of the screens' HTTP interface: `keys/screen.json` in the state folder, as hashes only."""

import os
import re
import secrets
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import msgspec

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.store.private_files import lock_folder, write_private_file
from fanzha.store.state_folder import state_folder

#: The prefix of every key, by which secret scanners recognise it.
PREFIX = "fzs_"
#: How often the file is looked at, in nanoseconds of a monotonic clock.
REFRESH_NS = 1_000_000_000

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class KeyScope(StrEnum):
    """What a key permits."""

    CALL = "call"
    LOOKUP = "lookup"
    RANGES = "ranges"
    FEED = "feed"
    REGISTRATIONS = "registrations"
    METRICS = "metrics"


SCOPE_WORDS: dict[KeyScope, Words] = {
    KeyScope.CALL: Words("研判呼叫", "have calls screened"),
    KeyScope.LOOKUP: Words("查询具体值", "look values up"),
    KeyScope.RANGES: Words("按哈希前缀查询", "ask by hash prefix, without telling the value"),
    KeyScope.FEED: Words("送入事件", "feed events in"),
    KeyScope.REGISTRATIONS: Words("送入漫游登记", "push registrations of home numbers abroad"),
    KeyScope.METRICS: Words("读取运行指标", "read the metrics"),
}


#: SHA-256 of a key in hex: a random key of 256 bits needs no salt and no stretching.
KeyDigest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class ScreenKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One key. Its rate limit is a token bucket of `burst` requests, refilled by `rate` per second."""

    name: str
    digest: KeyDigest
    scopes: tuple[KeyScope, ...]
    rate: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    burst: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]
    made_at: int  # UTC ms
    made_by: str
    until: int | None = None  # UTC ms, exclusive
    revoked_at: int | None = None
    revoked_by: str = ""

    def is_valid(self, at: int) -> bool:
        """Return whether the key is neither revoked nor expired at `at` (UTC ms)."""
        return self.revoked_at is None and (self.until is None or at < self.until)


class ScreenKeys:
    """The key file. Revoked keys remain in it."""

    def __init__(self, folder: Path | None = None) -> None:
        """Use `keys/screen.json` below the state folder."""
        self.path = (folder or state_folder()) / "keys" / "screen.json"

    def all(self) -> tuple[ScreenKey, ...]:
        """Return all keys, none if there is no file. Raise UsageError if the file is invalid or readable by others."""
        if not self.path.exists():
            return ()
        if self.path.stat().st_mode & 0o077:
            raise UsageError(f"{self.path} is open to others", fix=f"chmod 600 {self.path}")
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=tuple[ScreenKey, ...])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise UsageError(
                f"{self.path}: {error}", fix="restore it from its copy, or remove it and add keys"
            ) from None

    def add(
        self,
        name: str,
        scopes: tuple[KeyScope, ...],
        *,
        rate: int,
        burst: int,
        at: int,
        by: str,
        until: int | None = None,
    ) -> str:
        """Create a key and return it. It is shown once only. Raise UsageError if the name is in use."""
        if not _NAME.fullmatch(name):
            raise UsageError(f"{name!r} is no name for a key", fix="1 to 64 of a-z, 0-9, . _ - are")
        text = PREFIX + secrets.token_urlsafe(32)
        new_key = ScreenKey(
            name=name,
            digest=sha256(text.encode()).hexdigest(),
            scopes=tuple(sorted(set(scopes))),
            rate=rate,
            burst=burst,
            made_at=at,
            made_by=by,
            until=until,
        )
        with lock_folder(self.path.parent):
            keys = self.all()
            if any(key.name == name and key.is_valid(at) for key in keys):
                raise UsageError(f"there is a key called {name}", fix="revoke it first, or choose another name")
            self._write((*keys, new_key))
        return text

    def revoke(self, name: str, *, at: int, by: str) -> ScreenKey:
        """Revoke a key. Running screens notice within two seconds."""
        with lock_folder(self.path.parent):
            keys = self.all()
            revoked = next((key for key in keys if key.name == name and key.is_valid(at)), None)
            if revoked is None:
                raise UsageError(f"no key that holds is called {name}", fix="see fanzha screen key list")
            updated = msgspec.structs.replace(revoked, revoked_at=at, revoked_by=by)
            self._write(tuple(updated if key is revoked else key for key in keys))
        return updated

    def _write(self, keys: tuple[ScreenKey, ...]) -> None:
        write_private_file(self.path, msgspec.json.format(msgspec.json.encode(keys)) + b"\n")


class ScreenKeyCache:
    """The keys of a running screen. They are reloaded when the file changes; a damaged file leaves them unchanged.

    Without a file there are no keys, and all requests are refused. The file is checked by a monotonic clock, so that a
    change of the wall clock delays no revocation. A key expires by the wall clock, or by the time that passed
    since the start, whichever is later: a clock that steps back does not make an expired key valid again.
    """

    def __init__(self, keys: ScreenKeys) -> None:
        """Read the keys. Raise UsageError if the file is damaged."""
        self.fault = ""  # the error of the last reload
        self._keys = keys
        self._stat = self._read_stat()
        self._by_digest = self._read()
        self._refresh_at_ns: int | None = None
        self._start_ms: int | None = None  # UTC ms at which the monotonic clock would have been 0

    def find(self, text: bytes, at: int, now_ns: int) -> ScreenKey | None:
        """Return the key with this text if it is valid.

        `at` is the wall clock in UTC ms, `now_ns` a monotonic clock in nanoseconds.
        """
        if self._refresh_at_ns is None or now_ns >= self._refresh_at_ns:
            self._refresh_at_ns = now_ns + REFRESH_NS
            self._refresh()
        if self._start_ms is None:
            self._start_ms = at - now_ns // 1_000_000
        screen_key = self._by_digest.get(sha256(text).digest())
        latest_ms = max(at, self._start_ms + now_ns // 1_000_000)
        return screen_key if screen_key is not None and screen_key.is_valid(latest_ms) else None

    def _refresh(self) -> None:
        state = self._read_stat()
        if state == self._stat:
            return
        self._stat = state
        try:
            self._by_digest = self._read()
            self.fault = ""
        except (UsageError, OSError) as error:
            self.fault = str(error)

    def _read(self) -> dict[bytes, ScreenKey]:
        return {bytes.fromhex(key.digest): key for key in self._keys.all()}

    def _read_stat(self) -> tuple[int, ...]:
        try:
            status = os.stat(self._keys.path)
        except OSError:
            return ()
        return status.st_ino, status.st_mtime_ns, status.st_size, status.st_mode

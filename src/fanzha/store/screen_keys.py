"""Keys of those who may ask a screen over HTTP: `keys/screen.json` in the state folder, as hashes only (design §8)."""

import os
import re
import secrets
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import msgspec

from fanzha.base.errors import WrongCall
from fanzha.base.words import Words
from fanzha.store.private_files import lock_folder, write_private_file
from fanzha.store.state_folder import state_folder

#: In front of every key, so that scanners for leaked secrets can tell one.
PREFIX = "fzs_"
REFRESH_MS = 1_000

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class KeyScope(StrEnum):
    """What a key opens."""

    CALL = "call"
    LOOKUP = "lookup"
    RANGES = "ranges"
    FEED = "feed"
    METRICS = "metrics"


SCOPE_WORDS: dict[KeyScope, Words] = {
    KeyScope.CALL: Words("研判呼叫", "have calls screened"),
    KeyScope.LOOKUP: Words("查询具体值", "look values up"),
    KeyScope.RANGES: Words("按哈希前缀查询", "ask by hash prefix, without telling the value"),
    KeyScope.FEED: Words("送入事件", "feed events in"),
    KeyScope.METRICS: Words("读取运行指标", "read the metrics"),
}


#: SHA-256 of a key in hex: a random key of 256 bits needs no salt and no stretching.
KeyDigest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class ScreenKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One key. It may ask `rate` values a second, and at once as many as it left unused, up to `burst`."""

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
        """Return whether it opens anything at a moment (UTC ms)."""
        return self.revoked_at is None and (self.until is None or at < self.until)


class ScreenKeys:
    """The file of keys, for those who keep it. What is revoked stays in it."""

    def __init__(self, folder: Path | None = None) -> None:
        """Use `keys/screen.json` below the state folder."""
        self.path = (folder or state_folder()) / "keys" / "screen.json"

    def all(self) -> tuple[ScreenKey, ...]:
        """Return every key; none when there is no file. Raises WrongCall naming what is wrong with it."""
        if not self.path.exists():
            return ()
        if self.path.stat().st_mode & 0o077:
            raise WrongCall(f"{self.path} is open to others", fix=f"chmod 600 {self.path}")
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=tuple[ScreenKey, ...])
        except msgspec.DecodeError as error:
            raise WrongCall(
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
        """Keep a new key and return it: it cannot be told a second time. Raises WrongCall when the name is taken."""
        if not _NAME.fullmatch(name):
            raise WrongCall(f"{name!r} is no name for a key", fix="1 to 64 of a-z, 0-9, . _ - are")
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
                raise WrongCall(f"there is a key called {name}", fix="revoke it first, or choose another name")
            self._write((*keys, new_key))
        return text

    def revoke(self, name: str, *, at: int, by: str) -> ScreenKey:
        """Let a key open nothing any more; screens that run see it within a second or two."""
        with lock_folder(self.path.parent):
            keys = self.all()
            revoked = next((key for key in keys if key.name == name and key.is_valid(at)), None)
            if revoked is None:
                raise WrongCall(f"no key that holds is called {name}", fix="see fanzha screen key list")
            updated = msgspec.structs.replace(revoked, revoked_at=at, revoked_by=by)
            self._write(tuple(updated if key is revoked else key for key in keys))
        return updated

    def _write(self, keys: tuple[ScreenKey, ...]) -> None:
        write_private_file(self.path, msgspec.json.format(msgspec.json.encode(keys)) + b"\n")


class ScreenKeyCache:
    """The keys as a running screen knows them: read again when the file changed, the old ones kept when it is broken.

    Without a file there are no keys, and nothing is open.
    """

    def __init__(self, keys: ScreenKeys) -> None:
        """Read the keys; raises WrongCall when the file is broken."""
        self.fault = ""  # why the file could not be read when it last changed
        self._keys = keys
        self._stat = self._read_stat()
        self._by_digest = self._read()
        self._next_refresh = 0

    def find(self, text: bytes, at: int) -> ScreenKey | None:
        """Return the key of this text if it holds at a moment (UTC ms)."""
        if at >= self._next_refresh:
            self._next_refresh = at + REFRESH_MS
            self._refresh()
        screen_key = self._by_digest.get(sha256(text).digest())
        return screen_key if screen_key is not None and screen_key.is_valid(at) else None

    def _refresh(self) -> None:
        state = self._read_stat()
        if state == self._stat:
            return
        self._stat = state
        try:
            self._by_digest = self._read()
            self.fault = ""
        except (WrongCall, OSError) as error:
            self.fault = str(error)

    def _read(self) -> dict[bytes, ScreenKey]:
        return {bytes.fromhex(key.digest): key for key in self._keys.all()}

    def _read_stat(self) -> tuple[int, ...]:
        try:
            status = os.stat(self._keys.path)
        except OSError:
            return ()
        return status.st_ino, status.st_mtime_ns, status.st_size, status.st_mode

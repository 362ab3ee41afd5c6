"""Keys that anchors may be signed by: a pinned public key, and its successors by statements that the old key signs.

A change of the key is one line: `fanzha-anchor-key:1:<log>:<batch>:<old key>:<new key>:<UTC ms>:<signature>`. The old
key signs anchors up to `batch`, the new key the later ones. A verifier that knows the first key can
verify the chain of statements from any storage.
"""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from fanzha.processes.log.anchor import Anchor, NoAnchor

_LINE = re.compile(
    r"fanzha-anchor-key:1:(?P<log>[0-9a-f]{64}):(?P<number>\d{1,18}):(?P<old>[0-9a-f]{64}):(?P<new>[0-9a-f]{64})"
    r":(?P<at>\d{1,15}):(?P<signature>[0-9a-f]{128})"
)
_KEY = re.compile(r"[0-9a-f]{64}")


class KeyChange(NamedTuple):
    """A statement, signed by the old key, that a new key signs the anchors after a batch."""

    log: str  # identity of the log, hex
    number: int  # last batch whose anchor the old key signs
    old: str  # public key, hex
    new: str  # public key, hex
    at: int  # UTC ms
    signature: str = ""  # hex

    @property
    def text(self) -> str:
        """Return the text to sign."""
        return f"fanzha-anchor-key:1:{self.log}:{self.number}:{self.old}:{self.new}:{self.at}"

    @property
    def line(self) -> str:
        """Return the line to store and to publish."""
        return f"{self.text}:{self.signature}"


class TrustedKeys:
    """The keys that a pinned key leads to, each with the batches whose anchors it may sign."""

    def __init__(self, log: str, pinned: str, changes: Iterable[KeyChange] = ()) -> None:
        """Follow the changes from the pinned key. Raise NoAnchor if one key has two successors.

        A change while another log was kept, before this one was started, covers no batch of this log.
        """
        successors: dict[str, KeyChange] = {}
        for change in sorted(set(changes)):
            change = change if change.log == log else change._replace(number=0)
            earlier = successors.setdefault(change.old, change)
            if (earlier.new, earlier.number) != (change.new, change.number):
                raise NoAnchor(f"锚点公钥 {change.old} 有两个后继 the anchor key {change.old} has two successors")
        self.current, self._ranges, first = pinned, dict[str, tuple[int, int | None]](), 0
        while (successor := successors.get(self.current)) is not None and self.current not in self._ranges:
            self._ranges[self.current] = (first, successor.number)
            self.current, first = successor.new, successor.number + 1
        self._ranges.setdefault(self.current, (first, None))

    @property
    def keys(self) -> frozenset[str]:
        """Return all keys, former ones included."""
        return frozenset(self._ranges)

    def accepts(self, anchor: Anchor) -> bool:
        """Return whether the key of an anchor was valid for its batch."""
        first, last = self._ranges.get(anchor.key, (0, -1))
        return first <= anchor.statement.number and (last is None or anchor.statement.number <= last)


def parse_public_key(text: str) -> str:
    """Return a public key in hex. Raise NoAnchor."""
    key = text.strip().lower()
    if not _KEY.fullmatch(key):
        raise NoAnchor(
            f"不是公钥 {key[:80]!r} is no public key", fix="a key is 64 hex digits; fanzha audit key prints it"
        )
    return key


def parse_key_change(line: str, verify: Callable[[bytes, bytes, bytes], bool]) -> KeyChange:
    """Parse a change of the key; `verify` is as in `parse_anchor`. Raise NoAnchor if line or signature is invalid."""
    match = _LINE.fullmatch(line.strip())
    if not match:
        raise NoAnchor(f"不是锚点公钥更换声明 {line[:60]!r} is no change of an anchor key")
    change = KeyChange(
        match["log"], int(match["number"]), match["old"], match["new"], int(match["at"]), match["signature"]
    )
    if not verify(bytes.fromhex(change.old), bytes.fromhex(change.signature), change.text.encode()):
        raise NoAnchor(f"更换声明签名无效 the change of the key is not signed by {change.old}")
    return change

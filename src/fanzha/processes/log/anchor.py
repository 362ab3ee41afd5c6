"""An anchor: one signed line that says how far the log goes, kept where the log's keepers cannot reach it.

Who holds one finds a log that was cut short or written anew, also when its keepers have the signing key: the old line
stays true of the old log alone. Ed25519 (RFC 8032) over the text before the last colon.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from fanzha.base.errors import FanzhaError
from fanzha.base.words import Words
from fanzha.processes.log.batch import BatchHead
from fanzha.processes.log.merkle import root

_LINE = re.compile(
    r"fanzha-anchor:1:(?P<log>[0-9a-f]{64}):(?P<number>[1-9]\d{0,17}):(?P<head>[0-9a-f]{64}):(?P<since>\d{1,18})"
    r":(?P<span>[0-9a-f]{64}):(?P<at>\d{1,15}):(?P<key>[0-9a-f]{64}):(?P<signature>[0-9a-f]{128})"
)


class NoAnchor(FanzhaError):
    """A line is no anchor, or its signature is not of its key (exit 3)."""

    exit_code = 3


class Statement(NamedTuple):
    """What is signed. The span is what came since the anchor before: batches `since` + 1 to `number`."""

    log: str  # identity of the log, hex
    number: int  # of the last batch
    head: str  # chain hash up to and with it, hex
    since: int
    span: str  # Merkle root over the chain hashes of the span, hex: leads from one batch here without all others
    at: int  # UTC ms


class Anchor(NamedTuple):
    """A statement with the public key it is signed under and the signature, both in hex."""

    statement: Statement
    key: str
    signature: str

    @property
    def line(self) -> str:
        """Return the one line that is kept, printed or published."""
        return f"{signed_text(self.statement, self.key)}:{self.signature}"


def build_statement(log: str, end: BatchHead, since: int, heads: Sequence[str], at: int) -> Statement:
    """Say how far a log goes. `heads` are the chain hashes of batches `since` + 1 to the end."""
    if not heads or heads[-1] != end.head or len(heads) != end.number - since:
        raise ValueError("a span begins behind the anchor before and ends at the head")
    return Statement(log, end.number, end.head, since, root([bytes.fromhex(head) for head in heads]).hex(), at)


def signed_text(statement: Statement, key: str) -> str:
    """Return the text that is signed."""
    log, number, head, since, span, at = statement
    return f"fanzha-anchor:1:{log}:{number}:{head}:{since}:{span}:{at}:{key}"


def sign_statement(statement: Statement, key: str, sign: Callable[[bytes], bytes]) -> Anchor:
    """Sign a statement; `key` is the public one, hex."""
    return Anchor(statement, key, sign(signed_text(statement, key).encode()).hex())


def parse_anchor(line: str, verify: Callable[[bytes, bytes, bytes], bool]) -> Anchor:
    """Read an anchor. `fits` says whether a signature is one of key and text: (key, signature, text).

    Raises NoAnchor.
    """
    match = _LINE.fullmatch(line.strip())
    if not match:
        words = Words("不是锚点：{line}", "no anchor: {line}").format(line=repr(line[:60]))
        raise NoAnchor(f"{words.zh} {words.en}", fix="an anchor is one line that begins with fanzha-anchor:1:")
    log, head, span = match["log"], match["head"], match["span"]
    statement = Statement(log, int(match["number"]), head, int(match["since"]), span, int(match["at"]))
    anchor = Anchor(statement, match["key"], match["signature"])
    text = signed_text(statement, anchor.key).encode()
    if not verify(bytes.fromhex(anchor.key), bytes.fromhex(anchor.signature), text):
        raise NoAnchor(
            f"锚点 {statement.number} 签名无效 the signature of anchor {statement.number} does not fit its key"
        )
    return anchor

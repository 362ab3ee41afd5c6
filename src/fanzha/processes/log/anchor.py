"""Anchors: one signed line with the end of the log, stored outside the control of the log's operator.

An anchor shows that a log was truncated or rewritten, even if the operator has the signing key, because the old line
matches the old log alone. The signature is Ed25519 (RFC 8032) over the text before the last colon.
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
    """A line is not an anchor, or its signature is invalid (exit 3)."""

    exit_code = 3


class AnchorStatement(NamedTuple):
    """Signed content. The span has the batches since the anchor before: `since` + 1 to `number`."""

    log: str  # identity of the log, hex
    number: int  # number of the last batch
    head: str  # chain hash of the last batch, hex
    since: int
    span: str  # Merkle root over the chain hashes of the span, hex: proves one batch without the others
    at: int  # UTC ms


class Anchor(NamedTuple):
    """A statement with its public key and signature, both in hex."""

    statement: AnchorStatement
    key: str
    signature: str

    @property
    def line(self) -> str:
        """Return the line to store, print or publish."""
        return f"{signed_text(self.statement, self.key)}:{self.signature}"


def build_statement(log: str, end: BatchHead, since: int, heads: Sequence[str], at: int) -> AnchorStatement:
    """Build the statement for the end of a log. `heads` are the chain hashes of batches `since` + 1 to the end."""
    if not heads or heads[-1] != end.head or len(heads) != end.number - since:
        raise ValueError("a span begins behind the anchor before and ends at the head")
    return AnchorStatement(log, end.number, end.head, since, root([bytes.fromhex(head) for head in heads]).hex(), at)


def signed_text(statement: AnchorStatement, key: str) -> str:
    """Return the text to sign."""
    log, number, head, since, span, at = statement
    return f"fanzha-anchor:1:{log}:{number}:{head}:{since}:{span}:{at}:{key}"


def sign_statement(statement: AnchorStatement, key: str, sign: Callable[[bytes], bytes]) -> Anchor:
    """Sign a statement; `key` is the public key in hex."""
    return Anchor(statement, key, sign(signed_text(statement, key).encode()).hex())


def parse_anchor(line: str, verify: Callable[[bytes, bytes, bytes], bool]) -> Anchor:
    """Parse an anchor. `verify` takes key, signature and text, and returns whether the signature is valid.

    Raise NoAnchor if the line or the signature is invalid.
    """
    match = _LINE.fullmatch(line.strip())
    if not match:
        words = Words("不是锚点：{line}", "no anchor: {line}").format(line=repr(line[:60]))
        raise NoAnchor(f"{words.zh} {words.en}", fix="an anchor is one line that begins with fanzha-anchor:1:")
    log, head, span = match["log"], match["head"], match["span"]
    statement = AnchorStatement(log, int(match["number"]), head, int(match["since"]), span, int(match["at"]))
    anchor = Anchor(statement, match["key"], match["signature"])
    text = signed_text(statement, anchor.key).encode()
    if not verify(bytes.fromhex(anchor.key), bytes.fromhex(anchor.signature), text):
        raise NoAnchor(
            f"锚点 {statement.number} 签名无效 the signature of anchor {statement.number} does not fit its key"
        )
    return anchor

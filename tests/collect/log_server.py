"""A certificate-transparency log on 127.0.0.1 for the tests: both protocols, real certificates, and faults on demand.

Its tree is computed in another way than that of the tailer, level by level.
"""

import base64
import json
import random
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.collect.made_certificates import MadeEntry, issuer_key_hash, make_entry

ORIGIN = "log.example/2026h2"
FIRST_MS = 1_793_000_000_000


class MadeLog:
    """Entries, tree and key of one log, and how it misbehaves.

    `withheld` entries are answered with 404, `failing` ones with 500, `altered` ones with other bytes.
    """

    def __init__(self, *, key: str = "ecdsa", seed: int = 1) -> None:
        self.key: Any = (
            ec.generate_private_key(ec.SECP256R1()) if key == "ecdsa" else ed25519.Ed25519PrivateKey.generate()
        )
        self.levels: list[list[bytes]] = [[]]
        self.leaves: list[bytes] = []
        self.rows: list[bytes] = []
        self.names: list[Sequence[str]] = []
        self.size = 0  # of the published head
        self.withheld, self.failing, self.altered = set[int](), set[int](), set[int]()
        self.next_faults: list[str] = []
        self.fault_share, self.retry_after = 0.0, "0"
        self.most_entries = 1_000
        self.requests: list[str] = []
        self.forged_head: tuple[int, bytes] | None = None
        self.signed_from = FIRST_MS
        self._random = random.Random(seed)
        self.lock = threading.Lock()

    # Content

    def add(self, names: Sequence[str], *, is_precertificate: bool = False) -> int:
        """Log a new certificate; return its index."""
        entry = make_entry(names, len(self.leaves) + 1, is_precertificate=is_precertificate)
        return self.add_entry(entry, names)

    def add_entry(self, entry: MadeEntry, names: Sequence[str]) -> int:
        index = len(self.leaves)
        kind = b"\x00\x01" + issuer_key_hash() if entry.is_precertificate else b"\x00\x00"
        body = (FIRST_MS + index).to_bytes(8) + kind + len(entry.signed).to_bytes(3) + entry.signed + b"\x00\x00"
        self.leaves.append(b"\x00\x00" + body)
        extra = len(entry.precertificate).to_bytes(3) + entry.precertificate if entry.is_precertificate else b""
        self.rows.append(body + extra + (32).to_bytes(2) + bytes(32))
        self.names.append(names)
        node, level = sha256(b"\x00" + self.leaves[-1]).digest(), 0
        while True:
            self.levels[level].append(node)
            if len(self.levels[level]) % 2:
                return index
            node = sha256(b"\x01" + self.levels[level][-2] + node).digest()
            level += 1
            if level == len(self.levels):
                self.levels.append([])

    def fill(self, count: int, prefix: str = "site") -> None:
        """Log more certificates of ordinary names, every second one as a precertificate."""
        for _ in range(count):
            number = len(self.leaves)
            self.add([f"{prefix}{number}.example", f"www.{prefix}{number}.example"], is_precertificate=number % 2 == 1)

    def publish(self, size: int | None = None) -> None:
        """Sign a head of all entries, or of the first `size`."""
        self.size = len(self.leaves) if size is None else size

    # Tree

    def tree_hash(self, first: int, end: int) -> bytes:
        """Return the hash of the entries [first, end)."""
        count = end - first
        if count == 0:
            return sha256().digest()
        if count & (count - 1) == 0 and first % count == 0:
            return self.levels[count.bit_length() - 1][first // count]
        split = 1 << ((count - 1).bit_length() - 1)
        return sha256(b"\x01" + self.tree_hash(first, first + split) + self.tree_hash(first + split, end)).digest()

    def path(self, index: int, first: int, end: int) -> list[bytes]:
        """Return the audit path as RFC 6962, 2.1.1 defines it."""
        if end - first == 1:
            return []
        split = first + (1 << ((end - first - 1).bit_length() - 1))
        if index < split:
            return [*self.path(index, first, split), self.tree_hash(split, end)]
        return [*self.path(index, split, end), self.tree_hash(first, split)]

    def proof(self, old: int, first: int, end: int, is_whole: bool = True) -> list[bytes]:
        """Return the consistency proof as RFC 6962, 2.1.2 defines it."""
        if old == end:
            return [] if is_whole else [self.tree_hash(first, end)]
        split = first + (1 << ((end - first - 1).bit_length() - 1))
        if old <= split:
            return [*self.proof(old, first, split, is_whole), self.tree_hash(split, end)]
        return [*self.proof(old, split, end, False), self.tree_hash(first, split)]

    # Signatures

    @property
    def spki(self) -> bytes:
        return bytes(self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))

    @property
    def log_id(self) -> bytes:
        return sha256(self.spki).digest()

    def sign(self, message: bytes) -> bytes:
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            algorithm, signature = b"\x04\x03", self.key.sign(message, ec.ECDSA(hashes.SHA256()))
        else:
            algorithm, signature = b"\x08\x07", self.key.sign(message)
        return algorithm + len(signature).to_bytes(2) + signature

    def _head(self) -> tuple[int, bytes, int, bytes]:
        size, root = self.forged_head or (self.size, self.tree_hash(0, self.size))
        signed_at = self.signed_from + size
        message = b"\x00\x01" + signed_at.to_bytes(8) + size.to_bytes(8) + root
        return size, root, signed_at, self.sign(message)

    def signed_head(self) -> bytes:
        """Return the answer of get-sth."""
        size, root, signed_at, signature = self._head()
        fields = {"tree_size": size, "timestamp": signed_at, "sha256_root_hash": _text(root)}
        return json.dumps({**fields, "tree_head_signature": _text(signature)}).encode()

    def checkpoint(self) -> bytes:
        """Return the checkpoint."""
        size, root, signed_at, signature = self._head()
        key_id = sha256(ORIGIN.encode() + b"\n\x05" + self.log_id).digest()[:4]
        signed = _text(key_id + signed_at.to_bytes(8) + signature)
        return f"{ORIGIN}\n{size}\n{_text(root)}\n\n— {ORIGIN} {signed}\n— witness.example AAAAAAAA\n".encode()

    # Answers

    def answer(self, url: str) -> tuple[int, bytes]:
        """Return status and body of a request."""
        parts = urlsplit(url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        match parts.path:
            case "/ct/v1/get-sth":
                return 200, self.signed_head()
            case "/ct/v1/get-entries":
                return self._entries(int(query["start"]), int(query["end"]))
            case "/ct/v1/get-proof-by-hash":
                return self._inclusion(base64.b64decode(query["hash"]), int(query["tree_size"]))
            case "/ct/v1/get-sth-consistency":
                proof = self.proof(int(query["first"]), 0, int(query["second"]))
                return 200, json.dumps({"consistency": [_text(node) for node in proof]}).encode()
            case "/checkpoint":
                return 200, self.checkpoint()
        if found := re.fullmatch(r"/tile/(data|\d)/((?:x\d{3}/)*\d{3})(?:\.p/(\d+))?", parts.path):
            number = int(found[2].replace("x", "").replace("/", ""))
            return self._tile(found[1], number, int(found[3] or 256))
        return 404, b""

    def _entries(self, first: int, last: int) -> tuple[int, bytes]:
        end = min(last + 1, first + self.most_entries, self.size)
        if first in self.failing or first >= end:
            return 500, b"no"
        if first in self.withheld:
            return 404, b""
        end = next((index for index in range(first, end) if index in self.withheld or index in self.failing), end)
        entries = [{"leaf_input": _text(self._leaf(index)), "extra_data": ""} for index in range(first, end)]
        return 200, json.dumps({"entries": entries}).encode()

    def _leaf(self, index: int) -> bytes:
        leaf = self.leaves[index]
        return leaf[:-4] + b"\x00\x02no" if index in self.altered else leaf

    def _inclusion(self, leaf_hash: bytes, size: int) -> tuple[int, bytes]:
        try:
            index = self.levels[0].index(leaf_hash, 0, size)
        except ValueError:
            return 404, b""
        path = [_text(node) for node in self.path(index, 0, size)]
        return 200, json.dumps({"leaf_index": index, "audit_path": path}).encode()

    def _tile(self, level: str, number: int, width: int) -> tuple[int, bytes]:
        if level == "data":
            first, end = number * 256, number * 256 + width
            held = self.rows[first:end]
            if len(held) < width or end > self.size or self.withheld.intersection(range(first, end)):
                return 404, b""
            if self.failing.intersection(range(first, end)):
                return 500, b"no"
            altered = self.altered.intersection(range(first, end))
            return 200, b"".join(
                row[:7] + b"\x00" + row[8:] if index in altered else row for index, row in enumerate(held, first)
            )
        height = 8 * int(level)
        nodes = self.levels[height][number * 256 : number * 256 + width] if height < len(self.levels) else []
        return (200, b"".join(nodes)) if len(nodes) == width else (404, b"")

    def next_fault(self) -> str:
        """Return the fault of the next answer, "" for none."""
        with self.lock:
            if self.next_faults:
                return self.next_faults.pop(0)
            if self._random.random() < self.fault_share:
                return self._random.choice(["error", "busy", "cut", "longer", "garbage", "close"])
            return ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_GET(self) -> None:
        made = self.server.made
        made.requests.append(self.path)
        fault = made.next_fault()
        if fault == "close":
            self.close_connection = True
            return
        if fault in ("error", "busy"):
            self._send(500 if fault == "error" else 503, b"", {"Retry-After": made.retry_after})
            return
        status, body = made.answer(self.path)
        if fault == "garbage":
            body = b"\x00garbage" * 3
        if fault == "longer":
            self._send(status, body + b"and more", {}, length=len(body))
            self.close_connection = True
            return
        if fault == "cut":
            self._send(status, body[: len(body) // 2], {}, length=len(body))
            self.close_connection = True
            return
        self._send(status, body, {})

    def _send(self, status: int, body: bytes, headers: dict[str, str], length: int | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    made: MadeLog

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A tailer that is killed leaves broken connections behind."""


@contextmanager
def serving(made: MadeLog) -> Iterator[str]:
    """Serve a log on 127.0.0.1; yield its URL."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.made = made
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()

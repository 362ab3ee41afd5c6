"""Evidence pack: entries with proofs and a checker in one zip. The same contents give the same bytes."""

import io
import zipfile
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import NamedTuple

from fanzha.processes.log import checker
from fanzha.processes.log.anchor import Anchor
from fanzha.processes.log.batch import SealedBatch
from fanzha.processes.log.commitment import Secret, canonical
from fanzha.processes.log.entry import SealedEntry
from fanzha.processes.log.merkle import audit_path, root

_DATA = files("fanzha.processes.log") / "data"
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # a fixed file time, so that the bytes are reproducible
_ED25519 = bytes.fromhex("302a300506032b6570032100")  # prefix of the key: RFC 8410, SubjectPublicKeyInfo


class ProvenBatch(NamedTuple):
    """Entries of one batch with their Merkle paths to an anchor."""

    batch: SealedBatch
    anchor: Anchor
    anchor_path: list[bytes]
    entries: list[tuple[SealedEntry, list[bytes]]]


class DisclosedEntry(NamedTuple):
    """A personal value that the pack discloses."""

    batch: int
    position: int
    secret: Secret


def prove_batch(
    batch: SealedBatch, entries: Iterable[SealedEntry], leaves: Sequence[bytes], anchor: Anchor, heads: Sequence[str]
) -> ProvenBatch:
    """Compute the Merkle paths. `leaves` has every leaf of the batch, `heads` the chain hashes of the anchor's span.

    Raise ValueError if they do not match the batch and the anchor.
    """
    statement, chain = anchor.statement, [bytes.fromhex(head) for head in heads]
    index = batch.number - statement.since - 1
    if root(chain).hex() != statement.span or not 0 <= index < len(chain) or heads[index] != batch.head:
        raise ValueError(f"batch {batch.number} is not what was anchored")
    proven_entries = []
    for entry in entries:
        if entry.batch != batch.number or entry.leaf != leaves[entry.position]:
            raise ValueError(f"batch {entry.batch} entry {entry.position} was changed")
        proven_entries.append((entry, audit_path(leaves, entry.position)))
    if root(leaves).hex() != batch.root:
        raise ValueError(f"batch {batch.number} was changed")
    return ProvenBatch(batch, anchor, audit_path(chain, index), proven_entries)


def build_pack(
    batches: Iterable[ProvenBatch], disclosed: Iterable[DisclosedEntry], about: Mapping[str, object]
) -> bytes:
    """Return the zip. `about` has the subject, author, time and marking of the pack; it is not covered by the proofs.

    Raise ValueError if there are no batches.
    """
    ordered = sorted(batches, key=lambda proven_batch: proven_batch.batch.number)
    if not ordered:
        raise ValueError("a pack shows at least one entry")
    anchors = {proven_batch.anchor.statement.number: proven_batch.anchor for proven_batch in ordered}
    entries = [entry for batch in ordered for entry in batch.entries]
    contents = {
        "README.en.md": (_DATA / "README.en.md").read_bytes(),
        "README.zh.md": (_DATA / "README.zh.md").read_bytes(),
        "about.json": canonical(dict(about)) + b"\n",
        "anchors.txt": _lines(anchors[number].line.encode() for number in sorted(anchors)),
        "batch_proofs.jsonl": _lines(
            canonical({"anchor": proven_batch.anchor.statement.number, "path": _hex(proven_batch.anchor_path)})
            for proven_batch in ordered
        ),
        "batches.jsonl": _lines(proven_batch.batch.text for proven_batch in ordered),
        "entries.jsonl": _lines(entry.text for entry, _ in entries),
        "entry_proofs.jsonl": _lines(canonical(_hex(hashes)) for _, hashes in entries),
        "personal.jsonl": _lines(map(_encode_entry, sorted(disclosed))),
        "public-key.pem": public_key(ordered[0].anchor.key),
        "verify.py": checker_source(),
    }
    return _zip(contents)


def public_key(key: str) -> bytes:
    """Return a public key (hex) as PEM."""
    body = b64encode(_ED25519 + bytes.fromhex(key))
    return b"-----BEGIN PUBLIC KEY-----\n" + body + b"\n-----END PUBLIC KEY-----\n"


def checker_source() -> bytes:
    """Return the source of the stand-alone checker in this package."""
    return (files("fanzha.processes.log") / f"{checker.__name__.rpartition('.')[2]}.py").read_bytes()


def _zip(contents: Mapping[str, bytes]) -> bytes:
    """Store without compression: compressed bytes differ between zlib versions."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as pack:
        for name in sorted(contents):
            info = zipfile.ZipInfo(name, _ZIP_EPOCH)
            info.create_system, info.external_attr = 3, 0o644 << 16
            pack.writestr(info, contents[name])
    return buffer.getvalue()


def _encode_entry(entry: DisclosedEntry) -> bytes:
    return canonical(
        {
            "batch": entry.batch,
            "position": entry.position,
            "name": entry.secret.name,
            "salt": entry.secret.salt.hex(),
            "value": entry.secret.value.decode(),
        }
    )


def _hex(path: Sequence[bytes]) -> list[str]:
    return [step.hex() for step in path]


def _lines(texts: Iterable[bytes]) -> bytes:
    return b"".join(text + b"\n" for text in texts)

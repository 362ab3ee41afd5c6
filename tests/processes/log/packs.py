"""A pack made of a small log: every entry of one process, some of its personal values shown."""

import io
import zipfile
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.processes.log.written import BEGAN, IDENTITY, written

from fanzha.processes.log.anchor import Anchor, build_statement, sign_statement
from fanzha.processes.log.batch import BatchHead, ClosedBatch
from fanzha.processes.log.pack import DisclosedEntry, ProvenBatch, build_pack, prove_batch

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PRIVATE.public_key().public_bytes_raw().hex()
LOG = written([3, 1, 4, 2, 5])


def anchor(log: Sequence[ClosedBatch], since: int, number: int) -> Anchor:
    """Sign how far a log went."""
    heads = [closed.batch.head for closed in log[since:number]]
    return sign_statement(
        build_statement(IDENTITY, BatchHead(number, heads[-1]), since, heads, BEGAN), PUBLIC, PRIVATE.sign
    )


def covered(log: Sequence[ClosedBatch], process: str) -> list[ProvenBatch]:
    """Prove all entries of a process by two anchors, one at batch 3, one at 5."""
    found = []
    for closed in log:
        since, number = (0, 3) if closed.batch.number <= 3 else (3, 5)
        entries = [entry for entry in closed.entries if entry.process == process]
        heads = [batch.batch.head for batch in log[since:number]]
        found.append(prove_batch(closed.batch, entries, closed.leaves, anchor(log, since, number), heads))
    return [batch for batch in found if batch.entries]


def shown(log: Sequence[ClosedBatch], process: str) -> list[DisclosedEntry]:
    """Show each personal value of a process."""
    return [
        DisclosedEntry(entry.batch, entry.position, secret)
        for closed in log
        for entry, secrets in zip(closed.entries, closed.secrets, strict=True)
        for secret in secrets
        if entry.process == process
    ]


def pack(process: str = "process-0") -> bytes:
    """Make the pack."""
    about = {"about": [process], "made_at": BEGAN, "made_by": "person-2", "marking": "amber"}
    return build_pack(covered(LOG, process), shown(LOG, process), about)


def contents(zipped: bytes) -> dict[str, bytes]:
    """Unpack."""
    with zipfile.ZipFile(io.BytesIO(zipped)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def zipped(files: dict[str, bytes]) -> bytes:
    """Pack again, as a forger would."""
    pack = io.BytesIO()
    with zipfile.ZipFile(pack, "w") as opened:
        for name, data in files.items():
            opened.writestr(name, data)
    return pack.getvalue()

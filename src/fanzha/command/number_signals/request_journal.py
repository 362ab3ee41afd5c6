"""Journal of answered questions: one line is written before an answer goes out, and stored by a job minutes later.

So that an answer needs no database, a line goes to a file of the minute. `store_journals` charges the disclosure gate,
stores the lines as `SignalRequest` with one entry of the log for each key and service, and deletes the file. A bank
that learnt more values than its budget is paused.
"""

import hmac
import logging
import os
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b, sha256
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

import msgspec

from fanzha.base.clock import from_ms, to_ms
from fanzha.command.audit.services import recorded
from fanzha.command.number_signals.models import SignalBasis, SignalRequest
from fanzha.command.organizations.selectors import build_key_viewer, find_key, get_actor_ref, get_organization_ref
from fanzha.command.organizations.services import (
    Candidate,
    DisclosurePool,
    DisclosureRefused,
    DisclosureRequest,
    charge_disclosure,
)
from fanzha.command.web.roles import Kind
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.log.entry import Draft
from fanzha.store.keys import load_key
from fanzha.store.private_files import create_private_folder
from fanzha.store.state_folder import state_folder

log = logging.getLogger(__name__)
_UNSCOPED = unscoped("questions are stored for all holders of data")

#: A file is stored when no process can still write to it.
QUIET = timedelta(minutes=2)
_KEY = "number-signals"


class JournalLine(msgspec.Struct, frozen=True):
    """One question: when (UTC ms), who asked whose data on which basis, and the status of the answer."""

    at: int
    key: int
    client: int
    owner: int
    basis: str
    service: str
    purpose: str
    number_hash: str
    status: int


class JournalRun(NamedTuple):
    """How many questions a run stored, and how many keys it paused."""

    stored: int
    paused: int


def hash_number(canonical: str) -> str:
    """Return the keyed hash by which the questions about a number are found."""
    return blake2b(canonical.encode(), key=load_key(_KEY), digest_size=16).hexdigest()


def append_line(line: JournalLine) -> None:
    """Write a line to the file of its minute. Raise OSError: then nothing may be answered."""
    folder = create_private_folder(_folder())
    path = folder / f"{from_ms(line.at):%Y%m%dT%H%M}-{os.getpid()}.jsonl"
    data = b"\n" + msgspec.json.encode(line) + b"\n"  # after a line that was cut off this one still stands alone
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if os.write(handle, data) != len(data):
            raise OSError(f"{path}: the line was cut off")
    finally:
        os.close(handle)


def store_journals(now: datetime) -> JournalRun:
    """Store the files that are complete; a file that was stored by a run that was killed is only deleted."""
    stored = paused = 0
    newest = f"{now - QUIET:%Y%m%dT%H%M}"
    for path in sorted(_folder().glob("*.jsonl")):
        if path.name.partition("-")[0] < newest:
            path.rename(path.with_suffix(f".{token_hex(6)}"))  # unique, also if the clock steps back
    for path in sorted(_folder().glob("*-*.[0-9a-f]*")):
        if path.suffix != ".jsonl":
            lines = _read_lines(path)
            paused += _charge(lines, now)
            stored += _store(path.name, lines)
            path.unlink()
    return JournalRun(stored, paused)


def _folder() -> Path:
    return state_folder() / "journals" / "number_signals"


def _read_lines(path: Path) -> list[JournalLine]:
    """Return the lines of a file; those that cannot be read are set aside in the file `rejected` and reported."""
    lines, rejected = [], []
    for raw in path.read_bytes().splitlines():
        try:
            lines += [msgspec.json.decode(raw, type=JournalLine)] if raw else []
        except msgspec.DecodeError:
            rejected.append(raw)
    if rejected:
        log.error(
            "%s: %s lines of the journal of banks cannot be read, see the file rejected", path.name, len(rejected)
        )
        with (path.parent / "rejected").open("ab") as file:
            file.write(b"\n".join(rejected) + b"\n")
    return lines


def _charge(lines: Sequence[JournalLine], now: datetime) -> int:
    """Charge each key for the numbers that it learnt; pause its bases until tomorrow if that exceeds its budget."""
    paused = 0
    for pk in sorted({line.key for line in lines}):
        key = find_key(pk)
        if key is None:
            continue
        asked = {line.number_hash for line in lines if line.key == pk}
        candidates = [Candidate("phone_number", number) for number in sorted(asked)]
        try:
            charge_disclosure(
                build_key_viewer(key), DisclosureRequest("number_signals", DisclosurePool.SIGNALS, candidates)
            )
        except DisclosureRefused as refused:
            until = now + timedelta(seconds=refused.retry_after)
            with recorded() as entries:
                paused += _UNSCOPED.rows(SignalBasis).filter(client=key.organization_id).update(paused_until=until)
                facts = {"key": pk, "until": to_ms(until)}
                entries.add(Draft("signal_bases_paused", to_ms(now), "", key.organization.ref, facts=facts))
    return paused


def _store(journal: str, lines: Sequence[JournalLine]) -> int:
    rows = _UNSCOPED.rows(SignalRequest)
    if not lines or rows.filter(journal=journal).exists():
        return 0
    with recorded() as entries:
        rows.bulk_create(
            [
                SignalRequest(
                    owner_id=line.owner,
                    client_id=line.client,
                    basis=line.basis,
                    key=line.key,
                    service=line.service,
                    purpose=line.purpose,
                    number_hash=line.number_hash,
                    status=line.status,
                    at=from_ms(line.at),
                    journal=journal,
                    line=place,
                )
                for place, line in enumerate(lines)
            ],
            batch_size=500,
        )
        entries.extend(_drafts(lines))
    return len(lines)


def _drafts(lines: Sequence[JournalLine]) -> list[Draft]:
    """Return one entry for each key, holder of data and service, with counts and a commitment to the lines."""
    groups: dict[tuple[int, int, str], list[JournalLine]] = {}
    for line in lines:
        groups.setdefault((line.key, line.owner, line.service), []).append(line)
    drafts = []
    for (pk, owner, service), group in sorted(groups.items()):
        commitment = hmac.new(load_key(_KEY), b"\n".join(map(msgspec.json.encode, group)), sha256).hexdigest()
        facts = {
            "service": service,
            "questions": len(group),
            "numbers": len({line.number_hash for line in group}),
            "answers": {str(status): count for status, count in sorted(Counter(x.status for x in group).items())},
            "purpose": group[0].purpose,
            "bases": sorted({line.basis for line in group}),
            "commitment": commitment,
        }
        organization = get_organization_ref(group[0].client)
        actor = get_actor_ref(Viewer(group[0].client, Kind.BANK, key=pk), organization)
        last, about = max(line.at for line in group), get_organization_ref(owner)
        drafts.append(Draft("number_signals_asked", last, actor, organization, about=about, facts=facts))
    return drafts

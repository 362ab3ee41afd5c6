"""Three operators of one site that are linked as sites are, and calls that one hands to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pytest
from django.test import Client
from django.utils import timezone
from tests.command.people import World

from fanzha.base.clock import to_ms
from fanzha.base.outgoing_request import PrivateAddressPolicy, RequestFailed
from fanzha.command.call_traceback import messages
from fanzha.command.call_traceback.links import our_public_keys, save_link
from fanzha.command.call_traceback.models import Traceback, TracebackHop, TracebackLink, TrunkParty, TrunkPartyKind
from fanzha.command.call_traceback.schemas import TracebackIn
from fanzha.command.call_traceback.search import search_due
from fanzha.command.call_traceback.services import begin_traceback, finish_answered
from fanzha.command.call_traceback.trunks import TrunkPartyDraft, save_trunk_party
from fanzha.command.organizations.models import ApiKey
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.store.call_records import CALL_SCHEMA, write_calls

UNSCOPED = unscoped("test")
CALLED, CALLING, REAL_CALLER = "+8617000000001", "+8617000000002", "+8617000000003"
#: When the call was, UTC.
AT = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=5)


def keep_call(world: World, owner: str, call_id: str, trunk: str, **more: Any) -> None:
    """Keep one call in the records of an operator."""
    values = {
        "call_id": call_id,
        "occurred_at": to_ms(AT),
        "caller": CALLING,
        "proven_caller": None,
        "callee": CALLED,
        "original_callee": None,
        "ingress": "interconnect",
        "trunk": trunk,
        "talk_ms": 41_000,
        "simulated": True,
    } | more
    write_calls(world[owner].ref, call_id, pa.Table.from_pylist([values], CALL_SCHEMA))


def name_trunk(world: World, owner: str, trunk: str, operator: str = "", **more: Any) -> TrunkParty:
    """Enter who is behind a trunk."""
    kind = TrunkPartyKind.OPERATOR if operator else more.pop("kind")
    more = {"since": AT - timedelta(days=500), **more}
    draft = TrunkPartyDraft(trunk, kind, world[operator] if operator else None, **more)
    return save_trunk_party(world.viewer(owner, Role.ANALYST), draft)


def join(world: World, home: Path, one: str, other: str, **more: Any) -> None:
    """Link two operators in both directions, with keys and addresses as two sites have them."""
    pairs = ((one, other), (other, one))
    links = {pair: save_link(world.viewer(pair[0], Role.ADMINISTRATOR), world[pair[1]], **more) for pair in pairs}
    for owner, partner in pairs:
        theirs = links[partner, owner]
        _, secret = ApiKey.make(world[owner], "tracebacks", scopes=["tracebacks:write"], per_minute=6_000)
        folder = home / "keys" / "tracebacks" / world[owner].ref
        folder.mkdir(parents=True, exist_ok=True)
        (folder / partner).write_text(secret)
        (folder / partner).chmod(0o600)
        save_link(
            world.viewer(owner, Role.ADMINISTRATOR),
            world[partner],
            url=f"https://{partner.replace('_', '-')}.example/api/v1/tracebacks/from/{theirs.ref}",
            secret_file=partner,
            their_keys=" ".join(our_public_keys(theirs)),
            **more,
        )


@dataclass
class Wire:
    """Carries messages to the API of the same site; hosts in `down` are not reached, `sent` counts requests."""

    down: set[str]
    sent: int = 0
    last: tuple[str, Mapping[str, str], bytes] = ("", {}, b"")

    def post(self, url: str, headers: Mapping[str, str], body: bytes, _policy: PrivateAddressPolicy) -> int:
        """Send a request as the outgoing client does."""
        self.sent, self.last = self.sent + 1, (url, dict(headers), body)
        if urlsplit(url).hostname in self.down:
            raise RequestFailed("ConnectionRefusedError")
        names = {name: value for name, value in headers.items() if name != "content-type"}
        answer = Client(headers=names).post(urlsplit(url).path, body, content_type="application/json")
        if answer.status_code >= 300:
            raise RequestFailed(f"HTTP {answer.status_code}")
        return answer.status_code

    def run(self, rounds: int = 8, after: timedelta = timedelta()) -> None:
        """Let all sites search, send and finish until nothing is left to do."""
        for _ in range(rounds):
            now = timezone.now() + after
            search_due(now)
            messages.send_due(now)
            finish_answered(now)


def make_wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Put the wire in place of the outgoing client."""
    wire = Wire(set())
    monkeypatch.setattr(messages, "post", wire.post)
    return wire


def make_chain(world: World, home: Path) -> None:
    """Link carrier (where the call ended), far_carrier (transit) and mvno (origin), and keep the call at each."""
    join(world, home, "carrier", "far_carrier")
    join(world, home, "far_carrier", "mvno")
    name_trunk(world, "carrier", "IC-FAR", "far_carrier")
    name_trunk(world, "far_carrier", "IC-MVNO", "mvno")
    name_trunk(
        world, "mvno", "LINE-7", kind=TrunkPartyKind.CUSTOMER, name="gateway 7", customer_class="enterprise_line"
    )
    keep_call(world, "carrier", "a-1", "IC-FAR")
    keep_call(world, "far_carrier", "b-1", "IC-MVNO", occurred_at=to_ms(AT) + 700, caller=REAL_CALLER)
    keep_call(world, "mvno", "c-1", "LINE-7", occurred_at=to_ms(AT) + 900, caller=REAL_CALLER, ingress="leased_line")


def begin(world: World, owner: str = "carrier", **more: Any) -> Traceback:
    """Begin a traceback of the call."""
    call = {"called": CALLED, "calling": CALLING, "called_at": AT, "duration_s": 41}
    values = {**call, "purpose": "fraud", "reason": "made up", **more}
    return begin_traceback(world.viewer(owner, Role.ANALYST), TracebackIn.model_validate(values))


def part_of(world: World, owner: str) -> Traceback:
    """Return the latest part of an operator."""
    return UNSCOPED.rows(Traceback).filter(owner=world[owner]).latest("pk")


def hops_of(row: Traceback) -> list[TracebackHop]:
    """Return the hops of a traceback."""
    return list(UNSCOPED.rows(TracebackHop).filter(traceback=row).order_by("number"))


def state_of(row: Traceback) -> str:
    """Return the state of its process."""
    from fanzha.command.processes.selectors import find_instances

    return str(find_instances(UNSCOPED).get(ref=row.process).state)


def link_of(world: World, owner: str, partner: str) -> TracebackLink:
    """Return a link."""
    return UNSCOPED.rows(TracebackLink).get(owner=world[owner], partner=world[partner])

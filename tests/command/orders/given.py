"""Endpoints and keys as the tests of orders give them to receivers."""

from pathlib import Path
from typing import Any

import msgspec
from django.utils import timezone
from tests.command.people import World

from fanzha.base.clock import iso, to_ms
from fanzha.command.orders.models import Endpoint
from fanzha.command.processes.models import Leg, ProcessInstance
from fanzha.command.processes.worker import run_once
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import ChannelEndpoint as Reached
from fanzha.dispose import IncomingMessage, private_key, public_key
from fanzha.dispose._container import FileManifest, pack
from fanzha.dispose.signed_webhook import signed_headers

#: What the made-up receivers sign with.
THEIR_KEY = private_key(bytes(range(32)))


def endpoint(world: World, name: str, channel: str, **changes: Any) -> Endpoint:
    """Return a way to an organisation."""
    values = {"their_keys": public_key(THEIR_KEY), "changed_at": timezone.now()} | changes
    return Endpoint._base_manager.create(owner=world[name], channel=channel, **values)


def settle() -> None:
    """Carry out all that is asked for now, and what follows from that."""
    while run_once():
        pass


def states(order: ProcessInstance) -> dict[str, str]:
    """Return where the legs of an order stand."""
    with unscoped("test"):
        return dict(Leg.objects.filter(instance=order).values_list("name", "state"))


def leg_of(order: ProcessInstance, name: str = "1") -> Leg:
    """Return a leg as handlers have it."""
    rows = Leg._base_manager.select_related("instance__owner", "instance__version", "receiver")
    return rows.get(instance=order, name=name)


def spare(home: Path, number: str) -> None:
    """Put a number on the spared list of a state folder."""
    (home / "lists").mkdir(exist_ok=True)
    (home / "lists" / "spared.csv").write_text(
        f"number,origin_kind,origin,owner,proof\n{number},trunk,HOSPITAL-FIC,a made-up hospital,made up\n"
    )


def answers(*rows: dict[str, Any]) -> bytes:
    """Return the body of a request with answers."""
    return msgspec.json.encode({"type": "fanzha.answer.v1", "answers": rows})


def signed(body: bytes, name: str = "a", at: int | None = None) -> IncomingMessage:
    """Return a request as a made-up receiver signs it."""
    now = to_ms(timezone.now()) if at is None else at
    headers = signed_headers(name, body, Reached(url="https://here.example/", signing_keys=(THEIR_KEY,)), now)
    return IncomingMessage(body, headers)


def answer_file(sequence: int, before: str, *rows: dict[str, Any], what: str = "answers") -> bytes:
    """Return a file of answers as a made-up receiver packs it."""
    manifest = FileManifest(
        what=what,  # type: ignore[arg-type]
        sender="a made-up carrier",
        receiver="a made-up centre",
        sequence=sequence,
        before=before,
        made_at=iso(0),
        member="answers.jsonl",
        sha256="",
    )
    return pack(manifest, b"\n".join(map(msgspec.json.encode, rows)), (THEIR_KEY,))

"""Processes as the tests of subjects run them: a police case comes in, a phishing site is confirmed and shared."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.utils import timezone
from tests.command.evidence_uploads import upload_for_all
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.base.clock import to_ms
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.parties import to_party
from fanzha.command.processes.services import About, fire, open_process
from fanzha.command.web.roles import Role

PAPER = b"a made-up paper"
FILE = sha256(PAPER).hexdigest()
_NOW = timezone.now()


def days(number: int) -> int:
    """A moment so many days from now, UTC ms; the same one each time."""
    return to_ms(_NOW + timedelta(days=number))


def case_in(world: World, *numbers: str) -> ProcessInstance:
    """Case numbers that the police hand over; nobody has checked them yet."""
    upload_for_all([PAPER])
    evidence: dict[str, Any] = {
        "numbers": numbers,
        "authority": "a made-up police station",
        "case_number": "A-2026-1",
        "document": FILE,
        "status_ends_at": days(30),
    }
    return open_process(
        "police_case_number", "receive", world["police"], actor(world, "police", Role.LIAISON), evidence
    )


def indicator_in(world: World, url: str, about: About | None = None) -> ProcessInstance:
    """A site that was reported to the centre."""
    evidence = {"kind": "site", "indicator": url, "live_victims": "plain"}
    return open_process(
        "indicator", "report", world["centre"], actor(world, "centre", Role.ANALYST), evidence, about=about
    )


def confirmed(world: World, url: str) -> ProcessInstance:
    """A site that two people of the centre judged as fraud, for an ISP and a carrier to act on."""
    upload_for_all([PAPER])
    made = indicator_in(world, url, About(title="a made-up site"))
    analyst = actor(world, "centre", Role.ANALYST)
    fire(made.ref, "record_snapshot", analyst, {"page_hash": FILE, "facts": "made up"})
    judged = {
        "fraud_type": "phishing",
        "confidence": 95,
        "scope": "host",
        "valid_until": days(10),
        "executors": tuple(to_party(world[name]) for name in ("isp", "carrier")),
    }
    fire(made.ref, "judge_fraud", analyst, judged)
    fire(made.ref, "confirm", actor(world, "centre", Role.REVIEWER), {"opinion": "as the page shows"})
    made.refresh_from_db()
    return made

"""A basis, a file and an order on a site, as the tests of exposures make them."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import actor, draft_evidence

from fanzha.base.clock import iso, to_ms
from fanzha.command.exposures.bases import BasisDraft, confirm_basis, enter_basis
from fanzha.command.exposures.intake import read_file, submit_file
from fanzha.command.exposures.models import ExposureBasis, ExposureFile
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.services import About, fire, open_process
from fanzha.command.web.roles import Role

NUMBER, OTHER_NUMBER = "+8617000000011", "+8617000000012"
SITE = "fraud.example"
CASE = "C" * 26


def basis_draft(**changes: Any) -> BasisDraft:
    """Return what a basis says."""
    now = timezone.now()
    values: dict[str, Any] = {
        "kind": "law",
        "document": "《中华人民共和国反电信网络诈骗法》第三十四条",
        "document_sha256": "a" * 64,
        "source": "resolver 1",
        "source_kind": "resolver",
        "purpose": "warn customers who visited fraud sites",
        "valid_from": now - timedelta(days=1),
        "valid_until": now + timedelta(days=30),
        "look_back_days": 7,
        "keep_days": 14,
        "most_people": 100,
    }
    return BasisDraft(**values | changes)


def confirmed_basis(world: World, name: str = "carrier", **changes: Any) -> ExposureBasis:
    """Return a basis that two people declared."""
    basis = enter_basis(world[name], basis_draft(**changes), world.person(name, Role.PRIVACY_OFFICER))
    confirm_basis(basis, world.person(name, Role.LIAISON))
    basis.refresh_from_db()
    return basis


def site_order(world: World, *sites: str, name: str = "carrier") -> ProcessInstance:
    """Return an order of the centre in force on sites, which an organisation carries out."""
    now = timezone.now()
    evidence = draft_evidence(world, now, (name,)) | {
        "target_kind": "site",
        "action": "refuse",
        "subjects": sites or (SITE,),
        "hits": max(1, len(sites)),
    }
    about = About(title=SITE, campaign=CASE, simulated=True)
    order = open_process("order", "draft", world["centre"], actor(world, "centre", Role.ANALYST), evidence, about=about)
    fire(order.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "as the evidence says"})
    order.refresh_from_db()
    return order


def roll_back(world: World, order: ProcessInstance) -> None:
    """Withdraw an order."""
    fire(order.ref, "roll_back", actor(world, "centre", Role.REVIEWER), {"mistake": "another site"})


def log_of(*rows: tuple[str, str], at: datetime | None = None) -> bytes:
    """Return the log of a resolver with numbers and hosts."""
    moment = iso(to_ms(at or timezone.now() - timedelta(hours=1)))
    return "".join(["number,qname,time\n", *(f"{number},{host},{moment}\n" for number, host in rows)]).encode()


def read_log_of(world: World, basis: ExposureBasis, content: bytes, name: str = "carrier") -> ExposureFile:
    """Hand a log in and read it."""
    submitted = submit_file(world[name], basis.ref, "log.csv", [content], world.person(name, Role.ANALYST))
    read_file(submitted.file.pk)
    submitted.file.refresh_from_db()
    return submitted.file

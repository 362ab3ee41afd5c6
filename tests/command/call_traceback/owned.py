"""What a carrier has of tracebacks in the access matrix: one with a secret trunk, a link and an entry on a trunk."""

from datetime import timedelta

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.people import World

from fanzha.command.call_traceback.links import save_link
from fanzha.command.call_traceback.models import TracebackHop, TrunkPartyKind
from fanzha.command.call_traceback.schemas import TracebackIn
from fanzha.command.call_traceback.services import begin_traceback
from fanzha.command.call_traceback.trunks import TrunkPartyDraft, save_trunk_party
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped


def owned(world: World, secret: str) -> Owned:
    """Make them."""
    call = {
        "called": "+8617000000001",
        "calling": "+8617000000002",
        "called_at": (timezone.now() - timedelta(hours=1)).isoformat(),
        "trunk": secret[:64],
        "purpose": "fraud",
        "reason": secret,
    }
    row = begin_traceback(world.viewer("carrier", Role.ANALYST), TracebackIn.model_validate(call))
    unscoped("test").rows(TracebackHop).filter(traceback=row).update(upstream=secret, gateway=secret)
    draft = TrunkPartyDraft(secret[:64], TrunkPartyKind.FOREIGN, name=secret)
    save_trunk_party(world.viewer("carrier", Role.ANALYST), draft)
    link = save_link(world.viewer("carrier", Role.ADMINISTRATOR), world["far_carrier"])
    api, partner = "api/v1/tracebacks", world["far_carrier"].ref
    moment = timezone.now().isoformat()
    ids = {"trace": "01JN7Z0000EXAMPLETRACE0001", "request": "01JN7Z0000EXAMPLEREQUEST01"}
    question = {"hop": 1, "called": "+8617000000001", "called_at": moment, "initiator": "a", "due_at": moment}
    hop = {"number": 1, "operator": "b", "state": "ended", "asked_at": moment}
    return Owned(
        hidden={
            "tracebacks/{ref}": row.ref,
            f"{api}/{{ref}}": row.ref,
            f"{api}/from/{{link}}": link.ref,
        },
        shared={
            "tracebacks/process/{ref}": row.process,
            "tracebacks/links/{partner}": partner,
            f"{api}/links/{{partner}}": partner,
        },
        bodies={
            f"POST {api}/": {**call, "trunk": "T", "reason": "made up"},
            f"POST {api}/{{ref}}/numbers": {"purpose": "made up"},
            f"POST {api}/trunks": {"trunk": "T-9", "kind": "foreign", "name": "made up"},
            f"POST {api}/from/{{link}}/requests": {**ids, **question, "purpose": "fraud"},
            f"POST {api}/from/{{link}}/answers": {"request": ids["request"], "revision": 1, "hops": [hop]},
            "POST tracebacks/new/": {"called": "+8617000000001", "called_at": "2026-03-01T08:00:00", "purpose": "fraud",
                                     "reason": "made up"},
            "POST tracebacks/trunks/": {"trunk": "T-9", "kind": "foreign", "name": "made up"},
            "POST tracebacks/{ref}/": {"purpose": "made up"},
        },
    )  # fmt: skip

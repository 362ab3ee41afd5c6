"""What a carrier has of running processes in the access matrix: a process of its own, a file, a notice, a message."""

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.evidence_uploads import upload_for_all
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.command.processes.models import ListEntry, Notification, ProcessInstance, SubjectNotice
from fanzha.command.processes.parties import to_party
from fanzha.command.processes.services import About, fire, open_process
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped


def owned(world: World, secret: str) -> Owned:
    """Make a re-review of a card that the carrier runs."""
    carrier, now = world["carrier"], timezone.now()
    paper = upload_for_all([secret.encode()])
    with unscoped("the owner's rows are planted"):
        analyst = actor(world, "carrier", Role.ANALYST)
        flagged = {"cause": "case_number", "findings": (secret,), "card": "+8617000009876"}
        made = open_process("card_rereview", "flag", carrier, analyst, flagged, about=About(title=secret))
        fire(made.ref, "grade", analyst, {"grade": "a", "reason": secret})
        measure = {"measure": "limit", "case_document": paper, "reason": secret, "network": (to_party(carrier),)}
        fire(made.ref, "propose_limit", analyst, measure)
        notice = _notice(made, secret)
        said = {"reason": secret}
        ListEntry.objects.create(key="l", owner=carrier, instance=made, process=made.process, facts=said, listed_at=now)
        told = Notification.objects.create(
            key="m", owner=carrier, instance=made, text_zh=secret, text_en=secret, at=now
        )
    api = "api/v1/flows"
    return Owned(
        hidden={
            "inbox/{number}": told.pk,
            "processes/{ref}": made.ref,
            "notices/{number}": notice.pk,
            f"{api}/instances/{{ref}}": made.ref,
            f"{api}/notices/{{number}}": notice.pk,
        },
        shared={
            "processes/{ref}/do/{event}": "refuse_limit",
            "processes/{ref}/files/{name}": paper,
            "processes/definitions/{name}": "card_rereview",
            "processes/open/{name}": "card_rereview",
            "processes/open/{name}/{event}": "flag",
            f"{api}/instances/{{ref}}/events/{{event}}": "refuse_limit",
            f"{api}/instances/{{ref}}/files/{{name}}": paper,
        },
        bodies={f"POST {api}/files": {}},
    )


def _notice(made: ProcessInstance, secret: str) -> SubjectNotice:
    texts = {f"{part}_{language}": secret for part in ("fact", "basis", "remedy") for language in ("zh", "en")}
    return SubjectNotice.objects.create(key="n", owner=made.owner, instance=made, written_at=timezone.now(), **texts)

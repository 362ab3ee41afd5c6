"""Process effects of the evidence app: erase personal files after use, and record the erasure."""

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.command.audit.services import recorded
from fanzha.command.evidence.erasure import erase_files
from fanzha.command.processes.handlers import Handler
from fanzha.command.processes.models import OutboxItem
from fanzha.processes.effects import Effect
from fanzha.processes.log.entry import Draft


def erase_personal_files(item: OutboxItem) -> None:
    """Erase all personal files of a process (face images, identity documents), and record the erasure.

    A second call finds none and records nothing.
    """
    with recorded() as log:
        if count := erase_files(item.instance):
            log.add(
                Draft(
                    kind="biometrics_erased",
                    at=to_ms(timezone.now()),
                    actor="",
                    organisation=item.instance.owner.ref,
                    process=item.instance.ref,
                    about=item.instance.about,
                    facts={"files": count, "event": item.payload.get("event", "")},
                )
            )


EFFECTS = {Effect.ERASE_BIOMETRICS: Handler(erase_personal_files)}

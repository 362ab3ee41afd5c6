"""Hand the targets of an order in full to whoever is to carry it out; on record before they are handed over.

Others, its owner among them, see them whole by the step that names them, for a purpose (`exports`).
"""

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.command.audit.recorder import recorded
from fanzha.command.orders.delivery import ACTIVE_STATES, UNDO_STATES
from fanzha.command.orders.order_summary import summarize_order
from fanzha.command.processes.models import Leg, ProcessInstance
from fanzha.command.processes.parties import to_actor
from fanzha.command.web.roles import Role
from fanzha.command.web.viewer import Viewer
from fanzha.dispose import Target
from fanzha.processes.log.entry import Draft

#: States of a leg in which its receiver has something to do with the targets.
DISCLOSURE_STATES = ACTIVE_STATES | {"releasing"}
DISCLOSURE_ROLES = (Role.EXECUTOR, Role.ANALYST, Role.DUTY_OFFICER)


def disclose_targets(instance: ProcessInstance, viewer: Viewer) -> tuple[Target, ...] | None:
    """Return what the viewer's organisation has to act on, None where it has nothing to do. Raises CannotBeOrdered."""
    own = Leg.objects.filter(instance=instance, receiver=viewer.organization, state__in=DISCLOSURE_STATES)
    if (leg := own.first()) is None:
        return None
    what, actor = summarize_order(instance), to_actor(viewer)
    found = what.named if leg.state in UNDO_STATES else what.targets
    with recorded() as log:
        told = Draft("targets_handed_over", to_ms(timezone.now()), actor.person, actor.organization, instance.ref)
        log.add(told._replace(facts={"purpose": "order", "targets": len(found)}))
    return found

"""The sites that orders in force name, as far as an organisation takes part in them, and the names that always pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Exists, OuterRef, Q

from fanzha.command.campaigns.selectors import find_campaigns
from fanzha.command.orders.selectors import PROCESS, find_targets, protected_sites
from fanzha.command.processes.selectors import find_legs
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import Action, Target

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_UNSCOPED = unscoped("the sites of orders are matched for the organisations that take part in them")
_ACTIONS = (Action.BLOCK_ACCESS, Action.TAKE_DOWN)


class DecidedName(NamedTuple):
    """A site that an order in force names. `case` is the ref of the order's campaign, or of the order itself."""

    name: str
    order: str
    case: str


def find_decided_names(owner: Organization) -> list[DecidedName]:
    """Return the sites of the orders in force that an organisation owns or carries out, without those that may pass.

    A site whose order was appealed, restored or has ended is not decided. Exercises count in exercises alone.
    """
    legs = find_legs(_UNSCOPED).filter(instance=OuterRef("instance"), receiver=owner)
    rows = find_targets(_UNSCOPED).filter(
        Q(instance__owner=owner) | Exists(legs),
        instance__process=PROCESS,
        instance__ended_at=None,
        kind__in=("website", "host"),
        action__in=_ACTIONS,
        state="approved",
    )
    if not owner.simulated:
        rows = rows.filter(instance__simulated=False)
    found = rows.exclude(value="").order_by("pk").values_list("value", "instance__ref", "instance__campaign")
    spared = {target.value for target in protected_sites(Target("website", name) for name, _order, _campaign in found)}
    names = (DecidedName(name, order, campaign or order) for name, order, campaign in found if name not in spared)
    return list(dict.fromkeys(names))


def find_fraud_types(cases: set[str]) -> dict[str, str]:
    """Return the kind of fraud of each case that is a campaign."""
    rows = find_campaigns(_UNSCOPED).filter(ref__in=cases).exclude(fraud_type="")
    return dict(rows.values_list("ref", "fraud_type"))

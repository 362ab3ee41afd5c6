"""What a carrier has of statistics in the access matrix: a number from outside with a secret source."""

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.people import World
from tests.command.statistics.forms_made import filled

from fanzha.command.statistics.models import FigurePublication, OutsideValue
from fanzha.command.web.roles import Role


def owned(world: World, secret: str) -> Owned:
    """Enter a number; a figure is proposed by another organisation, so that nobody else may decide on it."""
    now = timezone.now()
    OutsideValue.objects.create(
        owner=world["carrier"], name="subscribers", month="2026-10", value=1_000, source=secret, entered_at=now
    )
    proposal = FigurePublication.objects.create(
        owner=world["carrier"], figure="false_disposal", version=1, period="2026-10", numbers={}, organizations=1,
        reason=secret, proposed_by=world.person("carrier", Role.ANALYST), proposed_at=now,
    )  # fmt: skip
    form = filled(world)
    return Owned(
        hidden={
            "statistics/published/{ref}": proposal.ref,
            "statistics/forms/{ref}": form.ref,
            "api/v1/statistics/forms/{ref}": form.ref,
            "api/v1/statistics/publications/{ref}": proposal.ref,
        },
        shared={
            "statistics/figures/{name}": "false_disposal",
            "statistics/forms/sums/{name}": "public_reports",
            "api/v1/statistics/forms/{ref}/values/{field}": "group_rank",
        },
        bodies={
            "POST statistics/numbers/": {"name": "subscribers", "month": "2026-11", "value": 5, "source": "test"},
            "POST api/v1/statistics/numbers": {"name": "subscribers", "month": "2026-09", "value": 5, "source": "test"},
            "PUT api/v1/statistics/forms/{ref}/values/{field}": {"value": "3.00", "reason": "test"},
            "POST api/v1/statistics/forms/{ref}/sheets": {"file_name": "own.csv", "content": "Y291bnQsMw=="},
            "POST api/v1/statistics/publications/{ref}/decision": {"decision": "publish"},
            "POST statistics/published/": {"figure": "false_disposal", "period": "2026-10", "reason": "test"},
        },
    )

"""Fill a console's database for the graph: a campaign of a trunk, an outlet beyond it, a victim; all made up."""

import os
from datetime import timedelta

import django

from fanzha.command.web.roles import Role

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanzha.command.web.settings")
TRUNK = "SBC-1087"


def fill() -> None:
    """Make the campaign, and the people who look at it."""
    import json

    from tests.command.campaigns.factories import campaign, number
    from tests.command.people import PASSWORD, make_world
    from tests.command.subjects.factories import AT, finding_row

    from fanzha.base.ids import digest
    from fanzha.claims.finding import SubjectRole
    from fanzha.command.campaigns.models import Tie, TieLink
    from fanzha.command.subjects.finding_codec import FindingTexts, pack
    from fanzha.command.subjects.models import FindingRow

    world = make_world()
    person = world.person("carrier", Role.ANALYST)
    person.set_password(PASSWORD)
    person.save()
    row = campaign(world["carrier"], 12, tie_value=TRUNK)
    Tie._base_manager.filter(campaign=row).update(value=TRUNK, key=digest("trunk", TRUNK, ""))
    packed = pack(FindingTexts(("一小时 31 通",), ("31 calls in an hour",), evidence=json.dumps({"trunk": TRUNK})))
    for place, finding in enumerate(FindingRow._base_manager.order_by("pk")):
        FindingRow._base_manager.filter(pk=finding.pk).update(found_at=AT + timedelta(hours=place), packed=packed)
    FindingRow._base_manager.filter(subject=number(3)).update(role=SubjectRole.VICTIM)
    outlet = Tie._base_manager.create(
        owner=world["carrier"], kind="outlet", value="Outlet 7", key=digest("outlet", 7), subjects=9, campaign=row
    )
    for place in (0, *range(100, 108)):
        TieLink.objects.create(tie=outlet, subject=number(place))
        if place:
            finding_row(world["carrier"], number(place), found_at=AT + timedelta(hours=place % 100))


if __name__ == "__main__":
    django.setup()
    fill()

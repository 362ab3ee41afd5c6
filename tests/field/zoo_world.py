"""Fill a site that watches, looks, blocks and probes: `python -m tests.field.zoo_world`; all made up.

Settings stand in `settings.toml` of its home, with the names of organisations in braces, and become `fanzha.toml`.
`python -m tests.field.zoo_world count` prints what the site knows of each host as JSON.
"""

import json
import os
import sys
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanzha.command.web.settings")


def fill() -> None:
    """Make organisations with people, the channel of the resolvers, pictures of the brands, and the settings."""
    from django.utils import timezone
    from tests.command.people import PASSWORD, make_world
    from tests.field.zoo.day import LOOKS, make_brand_pictures
    from tests.field.zoo.day_names import OWN_SITES

    from fanzha.command.orders.models import Endpoint
    from fanzha.command.organizations.models import Organization
    from fanzha.command.web.roles import Role
    from fanzha.command.web.scoping import unscoped
    from fanzha.store.state_folder import state_folder

    world, home = make_world(), state_folder()
    for role in (Role.ANALYST, Role.REVIEWER):
        person = world.person("centre", role)
        person.set_password(PASSWORD)
        person.save()
    with unscoped("a database for browsers to look at is filled"):
        Organization.objects.update(simulated=False)
        Endpoint.objects.create(owner=world["isp"], channel="response_zone", changed_at=timezone.now())
    for brand in LOOKS:
        folder = home / "brand-pictures" / OWN_SITES[brand][0]
        folder.mkdir(parents=True)
        for name, picture in make_brand_pictures(brand).items():
            (folder / name).write_bytes(picture)
    settings = (home / "settings.toml").read_text("utf-8")
    for name, organization in world.organizations.items():
        settings = settings.replace(f"{{{name}}}", organization.ref)
    (home / "fanzha.toml").write_text(settings, "utf-8")


def count() -> dict[str, Any]:
    """Return moments (UTC ms) and findings of each host, and the states of legs."""
    from fanzha.base.clock import to_ms
    from fanzha.command.campaigns.models import Placement
    from fanzha.command.captures.models import Capture
    from fanzha.command.orders.models import Measurement, OrderTarget
    from fanzha.command.processes.models import Leg
    from fanzha.command.site_watch.models import CandidateSite
    from fanzha.command.web.scoping import unscoped

    with unscoped("a test counts"):
        return {
            "candidates": {
                row.host: {"brand": row.brand, "within": row.is_within, "at": to_ms(row.imported_at)}
                for row in CandidateSite.objects.all()
            },
            "looks": {
                row.host: {
                    "state": row.state,
                    "score": row.score,
                    "brand": row.brand,
                    "problem": row.problem,
                    "at": to_ms(row.looked_at) if row.looked_at else None,
                }
                for row in Capture.objects.order_by("pk")
            },
            "campaigns": {
                row.subject.value: row.campaign.ref for row in Placement.objects.select_related("subject", "campaign")
            },
            "ordered": sorted(set(OrderTarget.objects.filter(kind="website").values_list("value", flat=True))),
            "legs": [
                [leg.instance.ref, leg.receiver.name_en, leg.state]
                for leg in Leg.objects.select_related("instance", "receiver")
            ],
            "probes": [
                [row.value, row.told.get("place"), row.told.get("state"), to_ms(row.at)]
                for row in Measurement.objects.order_by("pk")
            ],
        }


if __name__ == "__main__":
    django.setup()
    if sys.argv[1:] == ["count"]:
        print(json.dumps(count()), flush=True)
    else:
        fill()

"""Prints as JSON what users of a large site look for, by address: numbers, subjects, campaigns, orders to be read."""

import json
import os
import sys
from random import Random

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "fanzha.command.web.settings"
django.setup()

from fanzha.command.campaigns.models import Campaign  # noqa: E402
from fanzha.command.organizations.models import Membership  # noqa: E402
from fanzha.command.organizations.viewer_middleware import build_viewer  # noqa: E402
from fanzha.command.processes.models import ProcessInstance  # noqa: E402
from fanzha.command.subjects.models import Subject  # noqa: E402
from fanzha.command.web.scoping import unscoped  # noqa: E402

_TRIED = 900


def main(addresses: list[str]) -> None:
    """Print."""
    keys = {table: _spread(table) for table in (Subject, Campaign, ProcessInstance)}
    found = {}
    for address in addresses:
        held = Membership.objects.filter(person__email=address).select_related("organization")[0]
        viewer = build_viewer(held.organization, {held.role}, held.person_id)
        subjects, campaigns, orders = (list(table.as_read_by(viewer).filter(pk__in=keys[table])) for table in keys)
        numbers = [one.value for one in subjects]
        found[address] = [numbers, *([one.ref for one in rows] for rows in (subjects, campaigns, orders))]
    print(json.dumps(found))


def _spread(table: type[Subject] | type[Campaign] | type[ProcessInstance]) -> list[int]:
    """Return primary keys from all over a table."""
    with unscoped("a benchmark looks for what there is"):
        last = table.objects.order_by("-pk").values_list("pk", flat=True)[0]
    return Random(1).sample(range(1, last + 1), min(last, _TRIED))


if __name__ == "__main__":
    main(sys.argv[1:])

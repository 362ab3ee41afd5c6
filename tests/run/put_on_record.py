"""Fills a site's database with what is made up, and puts it on record: `python -m tests.run.put_on_record COUNT`."""

import os
import sys

import django


def main(count: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "fanzha.command.web.settings"
    django.setup()
    from tests.command.audit.records import draft
    from tests.command.people import make_world

    from fanzha.command.audit.recording import recorded
    from fanzha.command.organizations.models import Organization

    if not Organization.objects.exists():
        make_world()
    for number in range(count):
        with recorded() as log:
            log.extend(draft(number * 3 + place) for place in range(3))


if __name__ == "__main__":
    main(int(sys.argv[1]))

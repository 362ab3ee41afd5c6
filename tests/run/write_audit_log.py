"""Write COUNT batches of audit log entries to a site's database: `python -m tests.run.write_audit_log COUNT`."""

import os
import sys

import django


def main(count: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "fanzha.command.web.settings"
    django.setup()
    from tests.command.audit.records import draft
    from tests.command.people import make_world

    from fanzha.command.audit.recorder import recorded
    from fanzha.command.organizations.models import Organization

    if not Organization.objects.exists():
        make_world()
    for batch in range(count):
        with recorded() as log:
            log.extend(draft(batch * 3 + index) for index in range(3))


if __name__ == "__main__":
    main(int(sys.argv[1]))

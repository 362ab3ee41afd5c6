"""What an import left in the database: `python -m tests.faults.imported` on the site of FANZHA_HOME prints JSON."""

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fanzha.command.web.settings")
django.setup()

from fanzha.command.audit.models import LogEntry  # noqa: E402
from fanzha.command.audit.verification import verify  # noqa: E402
from fanzha.command.subjects.models import Delivery, FindingRow, RejectedRow  # noqa: E402
from fanzha.command.web.scoping import unscoped  # noqa: E402

if __name__ == "__main__":
    with unscoped("the test looks at everything"):
        facts = [json.loads(entry.facts) for entry in LogEntry.objects.filter(kind="import")]
        result = {
            "findings": sorted(FindingRow.objects.values_list("finding_id", flat=True)),
            "logged": sum(fact["used"] for fact in facts),
            "rejected": RejectedRow.objects.count(),
            "states": sorted(set(Delivery.objects.values_list("state", flat=True))),
            "faults": [str(fault) for fault in verify().faults],
        }
    print(json.dumps(result))

"""Use a site that was restored from an older version, and print what was found as JSON: `python -m … FACTS`.

Runs in a process of its own: FANZHA_HOME names the restored state folder.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import django


def main(facts: dict[str, Any]) -> dict[str, Any]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "fanzha.command.web.settings"
    django.setup()
    from django.conf import settings
    from django.test import Client
    from django.test.utils import setup_test_environment
    from django.utils.module_loading import import_string
    from django_tasks_db.models import DBTaskResult

    from fanzha.command.audit.verification import verify
    from fanzha.command.processes.worker import run_once
    from fanzha.command.subjects.models import FindingRow, Subject
    from fanzha.command.web.scoping import unscoped
    from fanzha.run.migration import migrate

    migrate()
    setup_test_environment()
    assert settings.ALLOWED_HOSTS
    person = Client(headers={"accept-language": "en"})
    person.post("/accounts/login/", {"login": facts["email"], "password": facts["password"]})
    with unscoped("the test looks at all rows"):
        subject = Subject.objects.filter(kind="phone_number").first()
        findings = FindingRow.objects.count()
        waiting = list(DBTaskResult.objects.filter(finished_at=None).values_list("task_path", flat=True))
    assert subject is not None
    pages = {
        "home": "/",
        "order": f"/processes/{facts['order']}/",
        "campaign": f"/campaigns/{facts['campaigns'][0]}/",
        "subject": f"/subjects/{subject.ref}/",
        "processes": "/processes/",
    }
    key = Client(headers={"authorization": f"Bearer {facts['secret']}"})
    order = key.get(f"/api/v1/flows/instances/{facts['order']}")
    did = run_once()
    with unscoped("the test verifies the whole log"):
        log = verify()
    return {
        "pages": {name: person.get(path).status_code for name, path in pages.items()},
        "api": order.status_code,
        "order": order.json().get("ref"),
        "findings": findings,
        "tasks": [path for path in waiting if callable(import_string(path).func)],
        "waiting": len(waiting),
        "worker": did >= 0,
        "log": {"entries": log.entries, "faults": len(log.faults)},
    }


if __name__ == "__main__":
    print(json.dumps(main(json.loads(Path(sys.argv[1]).read_text("utf-8")))))

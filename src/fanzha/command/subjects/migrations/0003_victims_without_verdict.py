"""Let the verdicts on victims expire: findings on a victim raise no suspicion any more."""

from datetime import UTC, datetime
from typing import Any

from django.db import migrations

from fanzha.claims.finding import SubjectRole


def expire_verdicts(apps: Any, schema_editor: Any) -> None:
    """Set the end of current verdicts on victims to now; the recurring task makes each anew, with its log entry."""
    findings = apps.get_model("subjects", "FindingRow").objects.filter(withdrawn_at=None, superseded_by="")
    victims = findings.filter(role=SubjectRole.VICTIM).order_by().values("subject")
    verdicts = apps.get_model("subjects", "VerdictRow").objects.filter(superseded_at=None, subject__in=victims)
    verdicts.update(until=datetime.now(UTC))


class Migration(migrations.Migration):
    """Expire the verdicts."""

    dependencies = (("subjects", "0002_finding_role_maturity"),)

    operations = (migrations.RunPython(expire_verdicts, migrations.RunPython.noop),)

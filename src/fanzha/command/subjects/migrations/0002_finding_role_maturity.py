"""Store with each finding the role of its subject and how far it may be relied on."""

from typing import Any

from django.db import migrations, models

from fanzha.claims.finding import Maturity, SubjectRole, resolve_role
from fanzha.claims.fraud_type import TO_WARN


def fill_columns(apps: Any, schema_editor: Any) -> None:
    """Fill the columns of stored findings from fraud type, mode and kind of subject."""
    findings = apps.get_model("subjects", "FindingRow").objects.order_by()
    kinds = set(findings.values_list("subject__kind", flat=True).distinct())
    for kind in sorted(kinds):
        findings.filter(subject__kind=kind).update(role=resolve_role(None, "", kind))
    findings.filter(fraud_type__in=TO_WARN).update(role=SubjectRole.VICTIM)
    findings.filter(subject__kind="call").update(maturity=Maturity.CLAIMED_ONLY)
    findings.filter(mode="live").update(maturity=Maturity.LIVE)


class Migration(migrations.Migration):
    """Add the columns and fill them."""

    dependencies = (("subjects", "0001_initial"),)

    operations = (
        migrations.AddField("findingrow", "role", models.CharField(default=SubjectRole.SUSPECT, max_length=8)),
        migrations.AddField("findingrow", "maturity", models.CharField(default=Maturity.SHADOW, max_length=16)),
        migrations.RunPython(fill_columns, migrations.RunPython.noop),
    )

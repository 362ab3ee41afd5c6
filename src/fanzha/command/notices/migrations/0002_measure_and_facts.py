"""A notice names the measure of its target, and states what was found about it."""

from typing import Any

from django.db import migrations, models
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce


def _fill_measures(apps: Any, schema_editor: Any) -> None:
    """Copy the action of each target of an order to its notice."""
    targets = apps.get_model("orders", "OrderTarget").objects.filter(
        instance=OuterRef("instance"), place=OuterRef("number")
    )
    rows = apps.get_model("notices", "LimitNotice").objects.annotate(number=F("place") - 1)
    rows.filter(instance__process="order").update(measure=Coalesce(Subquery(targets.values("action")[:1]), Value("")))


class Migration(migrations.Migration):
    """Add the measure and the facts of a notice."""

    dependencies = (("notices", "0001_initial"), ("orders", "0004_sending_action"))

    operations = (
        migrations.AddField("limitnotice", "measure", models.CharField(blank=True, default="", max_length=20), False),
        migrations.AddField("limitnotice", "fact_zh", models.CharField(blank=True, default="", max_length=300), False),
        migrations.AddField("limitnotice", "fact_en", models.CharField(blank=True, default="", max_length=300), False),
        migrations.RunPython(_fill_measures, migrations.RunPython.noop),
    )

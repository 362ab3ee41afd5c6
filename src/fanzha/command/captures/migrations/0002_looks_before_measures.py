"""Looks are asked for before a measure and for an appeal."""

from django.db import migrations, models

SOURCES = [
    ("desk", "Desk"),
    ("report", "Report"),
    ("watch", "Watch"),
    ("probe", "Probe"),
    ("measure", "Measure"),
]


class Migration(migrations.Migration):
    """Name the new source."""

    dependencies = (("captures", "0001_initial"),)

    operations = (migrations.AlterField("capture", "source", models.CharField(choices=SOURCES, max_length=8)),)

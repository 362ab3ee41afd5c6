"""The evidence of a look may be time-stamped by an authority."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the moment of the time-stamp."""

    dependencies = (("captures", "0002_looks_before_measures"),)

    operations = (migrations.AddField("capture", "stamped_at", models.DateTimeField(null=True)),)

"""Store with each check whether anchors outside confirm the log, and what could not be checked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the columns."""

    dependencies = (("evidence", "0002_append_only"),)

    operations = (
        migrations.AddField("logcheck", "is_anchored", models.BooleanField(default=False)),
        migrations.AddField("logcheck", "unanchored", models.JSONField(default=list)),
        migrations.AddField("logcheck", "unchecked", models.JSONField(default=list)),
        migrations.AddField("loghead", "anchor_due", models.BigIntegerField(default=0)),
    )

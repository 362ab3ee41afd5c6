"""Store with each sending when it succeeded, and the digest of what was sent."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the columns."""

    dependencies = (("orders", "0001_initial"),)

    operations = (
        migrations.AddField("sending", "sent_at", models.DateTimeField(null=True)),
        migrations.AddField("sending", "content_digest", models.CharField(blank=True, max_length=64)),
    )

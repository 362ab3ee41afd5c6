"""A report keeps when the call, text or page came."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the moment; of earlier reports it is not known."""

    dependencies = (("reports", "0007_links_and_looks"),)

    operations = (migrations.AddField("report", "happened_at", models.DateTimeField(null=True)),)

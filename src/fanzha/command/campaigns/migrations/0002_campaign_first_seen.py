"""An index of campaigns by owner and first finding, for the figures of supervisors."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the index."""

    dependencies = [("campaigns", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="campaign", index=models.Index(fields=["owner", "first_at"], name="campaign_first_seen")
        )
    ]

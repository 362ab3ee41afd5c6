"""A report keeps the page that is reported and the look at it."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Add page and look; earlier reports have none."""

    dependencies = (("reports", "0006_backed_reports"),)

    operations = (
        migrations.AddField("report", "link", models.CharField(blank=True, default="", max_length=2000)),
        migrations.AddField("report", "look", models.CharField(blank=True, default="", max_length=26)),
        migrations.AddIndex(
            "report",
            models.Index(
                fields=["owner", "received_at"],
                name="report_to_look",
                condition=Q(state__in=("opened", "joined"), look="") & ~Q(link=""),
            ),
        ),
    )

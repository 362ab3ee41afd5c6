"""One open request a text for each organisation: one of who operated the rules before is in nobody's way."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("detection_rules", "0001_initial")]

    operations = [
        migrations.RemoveConstraint("rulerequest", "one_open_request_a_rule_text"),
        migrations.AddConstraint(
            "rulerequest",
            models.UniqueConstraint(
                condition=models.Q(("state", "waiting")), fields=("owner", "text"), name="one_open_request_of_owner"
            ),
        ),
    ]

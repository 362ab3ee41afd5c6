"""A leg is sent once for each action on its targets."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the action of a sending, and make it part of the unique key."""

    dependencies = (("orders", "0003_order_targets"),)

    operations = (
        migrations.RemoveConstraint("sending", "one_sending_an_item"),
        migrations.AddField("sending", "action", models.CharField(blank=True, default="", max_length=20), False),
        migrations.AddConstraint(
            "sending", models.UniqueConstraint(fields=("item", "leg", "action"), name="one_sending_an_item")
        ),
    )

"""A report keeps when a picture was added last, so that it counts in the room of that day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the moment; of earlier pictures it is not known."""

    dependencies = (("reports", "0009_added_pictures"),)

    operations = (migrations.AddField("report", "picture_added_at", models.DateTimeField(null=True)),)

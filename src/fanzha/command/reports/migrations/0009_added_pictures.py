"""A report says whether a picture was added that was not read yet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the mark; pictures that came with their reports are found without it."""

    dependencies = (("reports", "0008_when_it_happened"),)

    operations = (migrations.AddField("report", "has_new_picture", models.BooleanField(default=False)),)

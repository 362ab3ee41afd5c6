"""A report that was opened keeps whether more spoke for it than a text and the least work."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the mark of backed reports; of those before, the next hour counts each as plain."""

    dependencies = (("reports", "0005_texts_of_pictures"),)

    operations = (migrations.AddField("report", "is_backed", models.BooleanField(default=False)),)

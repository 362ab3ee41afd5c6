"""The label of the second factor was written anew."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Change the label alone."""

    dependencies: ClassVar = [("organizations", "0002_disclosure")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="organization",
            name="second_factor",
            field=models.BooleanField(default=True, verbose_name="people must use a second factor"),
        ),
    ]

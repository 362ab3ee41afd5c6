"""Number the documents of exercises in a series of their own; those issued before keep their numbers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]

    operations = [
        migrations.AddField("documentcounter", "simulated", models.BooleanField(default=False)),
        migrations.AddField("issueddocument", "simulated", models.BooleanField(default=False)),
        migrations.RemoveConstraint("documentcounter", "one_counter_a_type_and_year"),
        migrations.RemoveConstraint("issueddocument", "one_document_a_number"),
        migrations.AddConstraint(
            "documentcounter",
            models.UniqueConstraint(
                fields=("owner", "document_type", "year", "simulated"), name="one_counter_a_type_and_year"
            ),
        ),
        migrations.AddConstraint(
            "issueddocument",
            models.UniqueConstraint(
                fields=("owner", "document_type", "year", "simulated", "number"), name="one_document_a_number"
            ),
        ),
    ]

"""Samples are linked to the looks and reports that brought them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the table of origins."""

    dependencies = [
        ("app_samples", "0001_initial"),
        ("organizations", "0003_second_factor_label"),
    ]

    operations = [
        migrations.CreateModel(
            name="SampleOrigin",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("capture", "Capture"), ("report", "Report")], max_length=8)),
                ("about", models.CharField(max_length=26)),
                ("name", models.CharField(blank=True, max_length=300)),
                ("found_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.organization"
                    ),
                ),
                (
                    "sample",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="origins", to="app_samples.appsample"
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["owner", "kind", "about"], name="app_sample_origin_about")],
                "constraints": [models.UniqueConstraint(fields=("sample", "kind", "about"), name="app_sample_origin")],
            },
        ),
    ]

"""Create the tables of the disclosure gate."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="DisclosureCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("holder", models.CharField(max_length=60)),
                ("pool", models.CharField(max_length=10)),
                ("span", models.CharField(max_length=4)),
                ("ends_at", models.BigIntegerField()),
                ("used", models.PositiveBigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["ends_at"], name="disclosure_count_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("holder", "pool", "span", "ends_at"), name="one_disclosure_count")
                ],
            },
        ),
        migrations.CreateModel(
            name="DisclosedValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("holder", models.CharField(max_length=60)),
                ("day", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=32)),
                ("mask", models.CharField(blank=True, max_length=32)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organizations.organization"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("mask", ""), _negated=True),
                        fields=["owner", "day", "mask"],
                        name="disclosed_of_mask",
                    ),
                    models.Index(fields=["day"], name="disclosed_age"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("holder", "day", "digest"), name="disclosed_once_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="RefusedDisclosure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("actor", models.CharField(max_length=80)),
                ("day", models.PositiveIntegerField()),
                ("shown", models.CharField(blank=True, max_length=120)),
                ("times", models.PositiveIntegerField(default=1)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.organization"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["owner", "last_at"], name="refused_disclosure_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "actor", "day", "shown"), name="one_refusal_a_day")
                ],
            },
        ),
    ]

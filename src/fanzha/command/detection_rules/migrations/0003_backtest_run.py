"""Backtests that run in the background, with their reports."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import fanzha.base.ids


class Migration(migrations.Migration):
    dependencies = [
        ("detection_rules", "0002_open_request_of_owner"),
        ("organizations", "0002_disclosure"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BacktestRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "ref",
                    models.CharField(default=fanzha.base.ids.sortable_id, editable=False, max_length=26, unique=True),
                ),
                ("rule", models.CharField(max_length=100)),
                ("text", models.CharField(max_length=64)),
                ("beside", models.CharField(blank=True, max_length=64)),
                ("history", models.CharField(max_length=100)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "waits its turn"),
                            ("running", "running"),
                            ("done", "done"),
                            ("failed", "failed"),
                            ("cancelled", "cancelled"),
                        ],
                        default="queued",
                        max_length=9,
                    ),
                ),
                ("stage", models.CharField(blank=True, max_length=80)),
                ("done", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(null=True)),
                ("problem", models.CharField(blank=True, max_length=500)),
                ("result", models.JSONField(default=dict)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("touched_at", models.DateTimeField()),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.organization"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["owner", "rule", "-id"], name="backtest_of_rule")],
            },
        ),
    ]

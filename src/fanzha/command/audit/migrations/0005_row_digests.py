"""Add the digests of rows, the evidence of publications and the time-stamps of anchors."""

import django.db.models.deletion
from django.db import migrations, models

from fanzha.command.audit.append_only import LATER_TABLES, guard, unguard


class Migration(migrations.Migration):
    """Create the tables, and refuse changes to those that are written once."""

    dependencies = (("evidence", "0004_wrapping_key"),)

    operations = (
        migrations.CreateModel(
            name="RowDigests",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("batch", models.BigIntegerField()),
                ("table", models.CharField(max_length=60)),
                ("nonce", models.BinaryField()),
                ("packed", models.BinaryField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["table", "batch"], name="one_digest_a_table")],
            },
        ),
        migrations.CreateModel(
            name="PublishedEvidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("batch", models.BigIntegerField(db_index=True)),
                ("packed", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="AnchorTimestamp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "anchor",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="timestamp", to="evidence.loganchor"
                    ),
                ),
                ("url", models.CharField(max_length=400)),
                ("response", models.BinaryField(default=bytes)),
                ("stamped_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("problem", models.CharField(blank=True, max_length=400)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["next_at"], name="timestamp_waiting", condition=models.Q(("stamped_at", None))
                    ),
                ],
            },
        ),
        migrations.RunPython(
            lambda apps, editor: guard(editor.connection, LATER_TABLES),
            lambda apps, editor: unguard(editor.connection, LATER_TABLES),
        ),
    )

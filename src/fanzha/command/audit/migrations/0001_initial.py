"""Tables of the log (makemigrations); the triggers come next."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="LogAnchor",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("since", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("line", models.CharField(max_length=700)),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="LogBatch",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("entries", models.IntegerField()),
                ("root", models.CharField(max_length=64)),
                ("previous", models.CharField(max_length=64)),
                ("at", models.BigIntegerField()),
                ("head", models.CharField(max_length=64)),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="batch_at")],
            },
        ),
        migrations.CreateModel(
            name="LogCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("seconds", models.FloatField()),
                ("number", models.BigIntegerField()),
                ("head", models.CharField(max_length=64)),
                ("entries", models.BigIntegerField()),
                ("anchors", models.IntegerField()),
                ("faults", models.JSONField(default=list)),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="LogHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("identity", models.CharField(max_length=64)),
                ("number", models.BigIntegerField(default=0)),
                ("head", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="LogEntry",
            fields=[
                ("place", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.BigIntegerField()),
                ("kind", models.CharField(max_length=40)),
                ("actor", models.CharField(max_length=80)),
                ("organisation", models.CharField(max_length=64)),
                ("process", models.CharField(max_length=64)),
                ("step", models.IntegerField()),
                ("about", models.CharField(max_length=200)),
                ("facts", models.TextField()),
                ("personal", models.TextField()),
                ("leaf", models.BinaryField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("process", ""), _negated=True),
                        fields=["process", "step"],
                        name="entry_of_process",
                    ),
                    models.Index(
                        condition=models.Q(("about", ""), _negated=True), fields=["about"], name="entry_about"
                    ),
                    models.Index(fields=["organisation", "place"], name="entry_of_organisation"),
                    models.Index(fields=["organisation", "kind", "place"], name="entry_of_kind"),
                    models.Index(
                        condition=models.Q(("actor", ""), _negated=True),
                        fields=["actor", "place"],
                        name="entry_of_actor",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person", models.CharField(max_length=200)),
                ("wrapped", models.BinaryField(null=True)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("erased_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["person"], name="key_of_person")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("erased_at", None)), fields=("person",), name="one_key_a_person"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AnchorCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("folder", models.CharField(max_length=400)),
                ("written_at", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, max_length=400)),
                (
                    "anchor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="copies", to="evidence.loganchor"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("anchor", "folder"), name="one_copy_a_folder")],
            },
        ),
        migrations.CreateModel(
            name="PersonalField",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("sealed", models.BinaryField()),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fields",
                        to="evidence.logentry",
                    ),
                ),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="fields", to="evidence.personkey"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("entry", "name"), name="one_value_a_field")],
            },
        ),
    ]

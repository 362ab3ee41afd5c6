"""Triggers that keep the log; on SQLite, whoever remakes one of its tables later puts them in place again."""

from django.db import migrations

from fanzha.command.audit.append_only import guard, unguard


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, editor: guard(editor.connection, allows_rewrapping=False),
            lambda apps, editor: unguard(editor.connection),
        )
    ]

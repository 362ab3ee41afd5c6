"""Number the keys of the installation that wrap the keys of persons, so that they can be changed."""

from typing import Any

from django.db import migrations, models

from fanzha.command.audit.append_only import guard, unguard


def _unguard(_apps: Any, editor: Any) -> None:
    unguard(editor.connection)


def _guard(_apps: Any, editor: Any) -> None:
    guard(editor.connection)


def _guard_as_before(_apps: Any, editor: Any) -> None:
    guard(editor.connection, allows_rewrapping=False)


class Migration(migrations.Migration):
    """Add the numbers, and allow the trigger to let keys be wrapped anew."""

    dependencies = (("evidence", "0003_anchored_outside"),)

    operations = (
        migrations.RunPython(_unguard, _guard_as_before),
        migrations.AddField("loghead", "wrapping_key", models.IntegerField(default=1)),
        migrations.AddField("personkey", "wrapping_key", models.IntegerField(default=1)),
        migrations.RunPython(_guard, _unguard),
    )

"""Try to change the audit log: `python -m tests.run.tamper_with_log`; the database refuses."""

import os

import django


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "fanzha.command.web.settings"
    django.setup()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE evidence_logbatch SET root = 'another'")


if __name__ == "__main__":
    main()

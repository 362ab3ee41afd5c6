"""Print every row of every table of the site's database as JSON: `python -m tests.run.dump_database`."""

import json
import os

import django


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "fanzha.command.web.settings"
    django.setup()
    from django.db import connection

    with connection.cursor() as cursor:
        rows = {}
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows[table] = sorted(repr(row) for row in cursor.fetchall())
    print(json.dumps(rows))


if __name__ == "__main__":
    main()

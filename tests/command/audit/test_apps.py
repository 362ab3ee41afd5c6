"""When the site starts, deletions of rows of digest tables are put on record."""

from django.apps import apps
from django.db.models.signals import post_delete

from fanzha.command.audit.row_digests import digest_tables


def test_deletions_of_every_digest_table_are_received() -> None:
    apps.get_app_config("evidence").ready()  # a second call connects nothing twice
    for table in digest_tables().values():
        receivers = [key for key, *_ in post_delete.receivers if key[0] == f"digest {table.name}"]
        assert len(receivers) == 1 and post_delete.has_listeners(table.rows.model)

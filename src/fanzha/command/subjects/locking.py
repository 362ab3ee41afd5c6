"""Who changes what is known of subjects waits for whoever does so already: else two write the same verdict.

Taken before anything else is written about the subjects, always in one order, so that no two wait for each other.
"""

from collections.abc import Iterable

from django.db import connection

from fanzha.command.subjects.bulk import one_of, rows
from fanzha.command.subjects.models import Subject


def lock(subjects: Iterable[int]) -> None:
    """Let subjects (primary keys) be ours until the transaction ends; with SQLite the database is ours already."""
    if connection.features.has_select_for_update:
        found = Subject._base_manager.select_for_update(no_key=True).filter(one_of("id", set(subjects)))
        rows(found.order_by("pk").values_list("pk"))

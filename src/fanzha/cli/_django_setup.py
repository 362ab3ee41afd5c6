"""Set Django up for commands that use the database of the site."""

import os

from fanzha.base.errors import UsageError


def set_up_django() -> None:
    """Set Django up. Raise UsageError if the extra `command` is not installed."""
    from fanzha.run.component import SETTINGS
    from fanzha.run.up import require_extra

    require_extra("command")
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    import django

    django.setup()


def require_site() -> None:
    """Set Django up. Raise UsageError if the database is missing, unreachable or not migrated."""
    set_up_django()
    from django.db import OperationalError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        raise _missing_site(str(error).strip()) from None
    if not executor.loader.applied_migrations:
        raise _missing_site("its tables are missing")
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise UsageError("the database is older than this version", fix="start fanzha up once: it brings it up to date")


def _missing_site(why: str) -> UsageError:
    return UsageError(
        f"there is no site here: {why}",
        fix="fanzha site create-organization makes one; FANZHA_HOME and FANZHA_DATABASE_URL say where it is",
    )

"""Queue subjects whose verdicts changed, in the transaction of the change, if their owner shares any."""

from collections.abc import Collection
from datetime import datetime

from fanzha.command.exchange.models import Collection as SharedCollection
from fanzha.command.exchange.models import PendingShare
from fanzha.command.web.database import bulk
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("the worker shares the verdicts of all organisations")


def after_refresh(owner: int, subject_pks: Collection[int], at: datetime) -> None:
    """Queue subjects of an organisation (primary keys)."""
    if not _UNSCOPED.rows(SharedCollection).filter(owner=owner, retired_at=None).exists():
        return
    rows = [(owner, subject_pk, at) for subject_pk in sorted(subject_pks)]
    bulk.insert(PendingShare, ("owner_id", "subject_id", "queued_at"), rows)

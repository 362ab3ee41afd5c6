"""Queue websites whose verdicts changed, in the transaction of the change, if the site publishes its list."""

from collections.abc import Collection
from datetime import datetime

from fanzha.command.link_list.models import PendingLink
from fanzha.command.link_list.services import find_publisher
from fanzha.command.subjects.selectors import find_subjects
from fanzha.command.web.database import bulk
from fanzha.command.web.scoping import unscoped
from fanzha.store.link_list_settings import load_link_list_settings

_UNSCOPED = unscoped("the public list has the websites of its publisher")


def after_refresh(owner: int, subject_pks: Collection[int], at: datetime) -> None:
    """Queue the websites among some subjects (primary keys) of the organisation that publishes the list."""
    if not load_link_list_settings().enabled:
        return
    publisher = find_publisher()
    if publisher is None or publisher.pk != owner:
        return
    websites = find_subjects(_UNSCOPED).filter(bulk.column_in("id", list(subject_pks)), kind="website")
    rows = [(subject_pk, at) for subject_pk in websites.order_by("pk").values_list("pk", flat=True)]
    bulk.insert(PendingLink, ("subject_id", "queued_at"), rows)

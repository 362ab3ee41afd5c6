"""Publish imported lists to the screens of this site at once."""

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.errors import FanzhaError
from fanzha.base.words import Words
from fanzha.command.audit.services import record_publication
from fanzha.store.snapshot_publisher import publish_state_lists
from fanzha.store.snapshots import SnapshotStore
from fanzha.store.verdict_settings import load_verdict_settings

#: Note for a change that exceeds the limit without approval or needs a new base snapshot.
_LATER = Words(
    "筛查端暂未更新（{why}）；请运行 fanzha snapshot build",
    "the screens have not been updated yet ({why}); run fanzha snapshot build",
)


def publish_lists() -> Words | None:
    """Publish changed lists of the state folder; return a note if publication is not possible."""
    settings = load_verdict_settings()
    try:
        store, now = SnapshotStore(limits=settings.limits), timezone.now()
        changed = publish_state_lists(store, settings, to_ms(now))
        if changed and (current := store.current()) is not None:
            record_publication(current, (), now, changed=changed)
    except FanzhaError as error:
        return _LATER.format(why=error.what[:200])
    return None

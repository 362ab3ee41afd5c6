"""Publish imported lists to the screens of this site at once."""

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.errors import FanzhaError
from fanzha.base.words import Words
from fanzha.store.snapshot_publisher import publish_state_lists
from fanzha.store.snapshots import SnapshotStore
from fanzha.store.verdict_settings import load_verdict_settings

#: What is said where the snapshot would change more than it may without an approval, or a new base is due.
_LATER = Words(
    "筛查端暂未更新（{why}）；请运行 fanzha snapshot build",
    "the screens do not have it yet ({why}); run fanzha snapshot build",
)


def publish_lists() -> Words | None:
    """Publish the lists of the state folder where they differ; return what is to be noted when that cannot be."""
    settings = load_verdict_settings()
    try:
        publish_state_lists(SnapshotStore(limits=settings.limits), settings, to_ms(timezone.now()))
    except FanzhaError as error:
        return _LATER.format(why=error.what[:200])
    return None

"""The lists of the state folder go out to the screens as a delta, whatever is said of subjects."""

from fanzha.claims.delta import compute_list_delta
from fanzha.claims.snapshot import Approval
from fanzha.store.snapshot_inputs import state_lists
from fanzha.store.snapshots import Snapshots
from fanzha.store.verdict_settings import VerdictSettings


def publish_state_lists(
    store: Snapshots, settings: VerdictSettings, at: int, *, approval: Approval | None = None
) -> int:
    """Publish those lists that differ from what is served, as of a moment (UTC ms); return how many.

    Without a snapshot there is nothing to change: the first base has them. Raises TooDifferent and BaseDue.
    """
    state = store.state()
    if state is None:
        return 0
    contents = compute_list_delta(state, state_lists(at, bytes.fromhex(state.base.head.salt)))
    if contents.lists:
        store.publish_delta(contents, at=at, approval=approval, by=settings.policy.organisation)
    return len(contents.lists)

"""Build and publish a snapshot: fuse all evidence, publish a base, or a delta to the current snapshot."""

from typing import NamedTuple

from fanzha.base.errors import UsageError
from fanzha.claims.delta import compute_delta
from fanzha.claims.snapshot import Approval
from fanzha.store.snapshot_files import CurrentSnapshot
from fanzha.store.snapshot_inputs import BuiltContents, SnapshotInputs, fuse_inputs
from fanzha.store.snapshots import PublishedSnapshot, SnapshotStore
from fanzha.store.verdict_settings import VerdictSettings


class SnapshotBuild(NamedTuple):
    """The result of a build. `published` is None if nothing changed; the current snapshot was confirmed then."""

    built: BuiltContents
    current: CurrentSnapshot
    published: PublishedSnapshot | None


def build_base(
    store: SnapshotStore,
    inputs: SnapshotInputs,
    settings: VerdictSettings,
    at: int,
    *,
    simulated: bool = False,
    approval: Approval | None = None,
) -> SnapshotBuild:
    """Publish a new base. `at` and `approval` are those of `SnapshotStore.publish_base`.

    Deltas that other processes publish during the build are kept. A damaged snapshot is replaced.
    """
    before = store.intact_state()
    built = fuse_inputs(inputs, at, settings.policy, store.salt, simulated=simulated)
    organization = settings.policy.organization
    published = store.publish_base(built.contents, at=at, approval=approval, by=organization, since=before)
    return SnapshotBuild(built, published.current, published)


def build_delta(
    store: SnapshotStore,
    inputs: SnapshotInputs,
    settings: VerdictSettings,
    at: int,
    *,
    simulated: bool = False,
    approval: Approval | None = None,
) -> SnapshotBuild:
    """Publish the differences to the current snapshot, or all entries of the subjects that `inputs.only` names."""
    state = store.state()
    if state is None:
        raise UsageError("there is no base to change", fix="publish one with `fanzha snapshot build`")
    built = fuse_inputs(inputs, at, settings.policy, bytes.fromhex(state.base.head.salt), simulated=simulated)
    if inputs.only:
        return _publish_delta(store, built, settings, at, approval)
    changed = compute_delta(state, built.contents)
    if not (changed.subjects or changed.lists):
        return SnapshotBuild(built, store.confirm(at), None)
    return _publish_delta(store, built._replace(contents=changed.contents), settings, at, approval)


def _publish_delta(
    store: SnapshotStore, built: BuiltContents, settings: VerdictSettings, at: int, approval: Approval | None
) -> SnapshotBuild:
    published = store.publish_delta(built.contents, at=at, approval=approval, by=settings.policy.organization)
    return SnapshotBuild(built, published.current, published)

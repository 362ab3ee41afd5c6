"""One build of a snapshot: fuse what is known, publish a base, or a delta of what differs from what is served."""

from typing import NamedTuple

from fanzha.base.errors import WrongCall
from fanzha.claims.delta import compute_delta
from fanzha.claims.snapshot import Approval
from fanzha.store.snapshot_files import Current
from fanzha.store.snapshot_inputs import Built, Inputs, build
from fanzha.store.snapshots import Published, Snapshots
from fanzha.store.verdict_settings import VerdictSettings


class Outcome(NamedTuple):
    """What was built and published; nothing was where nothing differed, and what is served was confirmed."""

    built: Built
    current: Current
    published: Published | None


def build_base(
    store: Snapshots,
    inputs: Inputs,
    settings: VerdictSettings,
    at: int,
    *,
    simulated: bool = False,
    approval: Approval | None = None,
) -> Outcome:
    """Publish everything anew; at and approval as in `Snapshots.publish_base`.

    What others publish while this gathers and fuses is kept.
    """
    before = store.state()
    built = build(inputs, at, settings.policy, store.salt, simulated=simulated)
    organisation = settings.policy.organisation
    published = store.publish_base(built.contents, at=at, approval=approval, by=organisation, since=before)
    return Outcome(built, published.current, published)


def build_delta(
    store: Snapshots,
    inputs: Inputs,
    settings: VerdictSettings,
    at: int,
    *,
    simulated: bool = False,
    approval: Approval | None = None,
) -> Outcome:
    """Publish what differs; of the subjects that the inputs are limited to, everything that is said of them now."""
    state = store.state()
    if state is None:
        raise WrongCall("there is no base to change", fix="publish one with `fanzha snapshot build`")
    built = build(inputs, at, settings.policy, bytes.fromhex(state.base.head.salt), simulated=simulated)
    if inputs.only:
        return _published(store, built, settings, at, approval)
    found = compute_delta(state, built.contents)
    if not (found.subjects or found.lists):
        return Outcome(built, store.confirm(at), None)
    return _published(store, built._replace(contents=found.contents), settings, at, approval)


def _published(
    store: Snapshots, built: Built, settings: VerdictSettings, at: int, approval: Approval | None
) -> Outcome:
    published = store.publish_delta(built.contents, at=at, approval=approval, by=settings.policy.organisation)
    return Outcome(built, published.current, published)

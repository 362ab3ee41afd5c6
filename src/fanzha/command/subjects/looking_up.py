"""What is known of many values at once, in any written form: digests first, then one look for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from fanzha.command.subjects.kept_values import Kept
from fanzha.command.subjects.known import Known, known_of
from fanzha.command.subjects.models import Subject
from fanzha.command.subjects.searching import understood
from fanzha.command.web.viewer import Viewer


@dataclass(frozen=True)
class LookedUp:
    """One value as it was written, what it may be (the likeliest first), and what is known of it."""

    written: str
    values: Sequence[Kept]
    known: list[Known] = field(default_factory=list)

    @property
    def kinds(self) -> list[str]:
        """Return the kinds that it may be of."""
        return [one.kind for one in self.values]


def look_up(written: Sequence[str], viewer: Viewer) -> list[LookedUp]:
    """Return what a viewer may know of values, in their order, in as many queries as for one."""
    values = [LookedUp(text, list(understood(text.strip()))) for text in written]
    things = {one.thing for each in values for one in each.values}
    # First which there are at all, then which of these may be read: asked at once, all that anybody knows is read.
    keys = list(Subject._base_manager.filter(thing__in=things).values_list("pk", flat=True))
    rows = list(Subject.objects.filter(pk__in=keys).order_by("-pk"))
    by_thing: dict[str, list[Known]] = {}
    for known in known_of(rows, viewer):
        by_thing.setdefault(known.subject.thing, []).append(known)
    for each in values:
        each.known.extend(known for one in each.values for known in by_thing.get(one.thing, ()))
    return values

"""Drawn samples as tests need them: findings of two detectors, marked by people of the carrier."""

from datetime import timedelta

import msgspec
from tests.command.people import World
from tests.command.subjects.factories import AT, finding_row, subject

from fanzha.command.reviews.marking import mark_items, order_for_marker
from fanzha.command.reviews.models import ReviewItem, ReviewSample
from fanzha.command.reviews.sampling import SampleRequest, draw_sample
from fanzha.command.subjects.finding_codec import FindingTexts, pack
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.command.web.viewer import Viewer

WANTED = SampleRequest(size=12, since=AT - timedelta(days=1), until=AT + timedelta(days=1))
MARKERS = (Role.ANALYST, Role.DUTY_OFFICER, Role.LIAISON)


def findings(world: World, count: int = 12, *, detector: str = "made-up", score: float = 0.9, first: int = 0) -> None:
    """Add findings on numbers; those whose text says 骗 are right."""
    for number in range(first, first + count):
        text = f"第{number}条：{'骗' if number % 4 else '真'}，回电17000000001"
        texts = FindingTexts(("评分 0.9",), ("score 0.9",), evidence=msgspec.json.encode({"text": text}).decode())
        about = subject(f"+8617000{number:06d}")
        finding_row(world["carrier"], about, detector=detector, score=score, packed=pack(texts))


def drawn(world: World, wanted: SampleRequest = WANTED, seed: int = 7) -> ReviewSample:
    """Draw a sample as the carrier's reviewer."""
    viewer = world.viewer("carrier", Role.REVIEWER)
    with scoped_to(viewer):
        return draw_sample(wanted, viewer, seed)


def viewers(world: World) -> list[Viewer]:
    """Return three people of the carrier who may mark."""
    return [world.viewer("carrier", role) for role in MARKERS]


def judge(sample: ReviewSample) -> dict[str, str]:
    """Return the right mark of each item."""
    items = ReviewItem._base_manager.filter(sample=sample)
    numbers = {item.item: _number(item) for item in items}
    return {item: "fraud" if number % 4 else "innocent" for item, number in numbers.items()}


def _number(item: ReviewItem) -> int:
    from fanzha.command.subjects.models import FindingRow

    row = FindingRow._base_manager.select_related("subject").get(finding_id=item.finding_id)
    return int(row.subject.value[-6:])


def mark_all(sample: ReviewSample, viewer: Viewer, marks: dict[str, str]) -> None:
    """Mark as one person."""
    with scoped_to(viewer):
        mark_items(sample, marks, viewer)
    sample.refresh_from_db()


def settled(world: World, count: int = 40, *, wrong: int = 1) -> ReviewSample:
    """Draw and mark a sample of one detector; the second marker differs on `wrong` items, a third settles them."""
    findings(world, count)
    sample = drawn(world, WANTED._replace(size=count))
    first, second, third = viewers(world)
    right = judge(sample)
    other = dict.fromkeys(sorted(right)[:wrong], "unclear")
    mark_all(sample, first, right)
    mark_all(sample, second, right | other)
    if other:
        mark_all(sample, third, {item: right[item] for item in other})
    return sample


def order(sample: ReviewSample, viewer: Viewer, place: str) -> list[str]:
    """Return the items in the order of a place."""
    from fanzha.command.reviews.marking import Place

    with scoped_to(viewer):
        return [item.item for item in order_for_marker(sample, Place(place))]

"""Take a place in a sample and mark its items, without the marks of others and without items decided on before.

A place whose marker does not finish is released, so that somebody else can take it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.organizations.selectors import get_organization_ref, get_person
from fanzha.command.reviews.models import ReviewItem, ReviewSample
from fanzha.command.subjects.selectors import find_findings
from fanzha.command.web.discovery import app_modules
from fanzha.command.web.roles import DECIDERS, Role
from fanzha.command.web.scoping import unscoped
from fanzha.learn.review_sheets import FRAUD, INNOCENT, UNCLEAR, order_items
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from fanzha.command.organizations.models import Person
    from fanzha.command.web.viewer import Viewer

_UNSCOPED = unscoped("findings of a sample of the viewer's own organisation, whatever their marking")

#: Who draws samples, and releases places of others.
DRAWERS = (Role.REVIEWER,)
#: The marks of a sample; the first one is counted as right.
COUNTED_MARKS = (FRAUD, INNOCENT)
MARKS = (*COUNTED_MARKS, UNCLEAR)


class Place(StrEnum):
    """The place of a marker; also the name of the columns of his marks."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"


def find_place(sample: ReviewSample, viewer: Viewer) -> Place | None:
    """Return the place that a viewer has, or would take; None if there is none for him.

    Who drew findings of certain scores knows something of the score of each, and marks none of them.
    """
    knows_score = sample.drawn_by_id == viewer.person and (sample.score_from, sample.score_to) != (0.0, 1.0)
    if viewer.person is None or knows_score or not viewer.has(*DECIDERS):
        return None
    own = next((place for place in Place if getattr(sample, f"{place}_id") == viewer.person), None)
    if own:
        return own
    if sample.first_id is None:
        return Place.FIRST
    if sample.second_id is None:
        return Place.SECOND
    is_open = sample.is_marked_twice and sample.settled_at is None and sample.third_id is None
    return Place.THIRD if is_open else None


def find_items(sample: ReviewSample, place: Place) -> QuerySet[ReviewItem]:
    """Return the items that a place marks: all, or for the third person those on which the two differ."""
    items = ReviewItem.objects.filter(sample=sample, is_left_out=False)
    return items.filter(golden="").exclude(first=F("second")) if place is Place.THIRD else items


def order_for_marker(sample: ReviewSample, place: Place) -> list[ReviewItem]:
    """Return the items of a place in the order of its marker, without those that he decided on before."""
    items = list(ReviewItem.objects.filter(sample=sample))
    order = order_items(len(items), sample.seed + list(Place).index(place))
    wanted = set(find_items(sample, place).values_list("pk", flat=True))
    return [items[number] for number in order if items[number].pk in wanted]


def find_decided_items(sample: ReviewSample, person: int) -> set[int]:
    """Return the items (primary keys) whose finding a person marked before, or on whose subject he decided.

    The `earlier_decisions` of each app name the decisions.
    """
    pk_by_finding = dict(ReviewItem.objects.filter(sample=sample).values_list("finding_id", "pk"))
    findings = find_findings(_UNSCOPED).filter(finding_id__in=pk_by_finding, owner=sample.owner_id)
    subject_by_finding = dict(findings.values_list("finding_id", "subject"))
    subjects = set(subject_by_finding.values())
    decided = {
        pk for module in app_modules("earlier_decisions") for pk in module.find_decided_subjects(person, subjects)
    }
    has_place = Q(sample__first=person) | Q(sample__second=person) | Q(sample__third=person)
    marked = ReviewItem.objects.filter(has_place, finding_id__in=pk_by_finding).exclude(sample=sample)
    names = {name for name, subject in subject_by_finding.items() if subject in decided}
    return {pk_by_finding[name] for name in names.union(marked.values_list("finding_id", flat=True))}


def mark_items(sample: ReviewSample, marks: Mapping[str, str], viewer: Viewer) -> Place:
    """Store the marks of a viewer by item, and take a place for him with the first one. Raise Refusal.

    Marks may be changed until the last item of the place is marked.
    """
    if viewer.person is None:
        raise Refusal(
            Reason.ROLE,
            Words("须由本人登录后判定，密钥不能代办", "A person must sign in to mark findings. API keys cannot do it"),
        )
    if wrong := set(marks.values()) - {*MARKS}:
        words = Words(f"判定结果 {min(wrong)!r} 无法识别", f"the mark {min(wrong)!r} is unknown")
        raise Refusal(Reason.EVIDENCE, words, fields={"mark": words})
    person = get_person(viewer)
    with recorded() as log:
        sample = ReviewSample.objects.select_for_update().get(pk=sample.pk)
        place = find_place(sample, viewer)
        if place is None:
            raise Refusal(Reason.ROLE, Words("该样本没有您的判定席位", "You are not a marker of this sample"))
        if _is_complete(sample, place):
            raise Refusal(
                Reason.STATE, Words("您的判定已提交，不能再改", "Your marks are complete and can no longer be changed")
            )
        if getattr(sample, f"{place}_id") is None:
            _take_place(sample, place, person)
        _store(sample, place, marks)
        if not find_items(sample, place).filter(**{place: ""}).exists():
            _complete(sample, place)
            log.add(_draft("sample_marked", sample, viewer, person, place))
            if sample.settled_at:
                log.add(_draft("sample_settled", sample, viewer, person, place))
        sample.save()
    return place


def may_release(sample: ReviewSample, place: Place, viewer: Viewer) -> bool:
    """Return whether a viewer may release a place: it is taken and not complete, and his own or in his charge."""
    marker = getattr(sample, f"{place}_id")
    if viewer.person is None or marker is None or _is_complete(sample, place):
        return False
    return marker == viewer.person or viewer.has(*DRAWERS)


def release_place(sample: ReviewSample, place: Place, viewer: Viewer) -> None:
    """Free a place and delete its marks. Raise Refusal unless `may_release`.

    Items that were left out because of its marker stay left out: the other marker did not see them.
    """
    with recorded() as log:
        sample = ReviewSample.objects.select_for_update().get(pk=sample.pk)
        if not may_release(sample, place, viewer):
            words = Words("该席位空缺、已完成判定，或不由您负责", "This place is open, complete or not yours")
            raise Refusal(Reason.ROLE, words)
        log.add(_draft("sample_place_released", sample, viewer, get_person(viewer), place))
        ReviewItem.objects.filter(sample=sample).update(**{place: ""})
        setattr(sample, f"{place}_id", None)
        sample.save()


def _is_complete(sample: ReviewSample, place: Place) -> bool:
    return (sample.settled_at if place is Place.THIRD else getattr(sample, f"{place}_at")) is not None


def _take_place(sample: ReviewSample, place: Place, person: Person) -> None:
    decided = find_decided_items(sample, person.pk)
    ReviewItem.objects.filter(pk__in=decided).update(is_left_out=True)
    if not find_items(sample, place).exists():
        words = Words("样本中的线索您此前均已处理过", "You have already decided on all of these findings")
        raise Refusal(Reason.OWN_CASE, words)
    setattr(sample, f"{place}_id", person.pk)


def _store(sample: ReviewSample, place: Place, marks: Mapping[str, str]) -> None:
    known = set(ReviewItem.objects.filter(sample=sample, item__in=marks).values_list("item", flat=True))
    if unknown := marks.keys() - known:
        words = Words(f"{min(unknown)!r} 不属于本样本", f"item {min(unknown)!r} is not of this sample")
        raise Refusal(Reason.EVIDENCE, words)
    items_by_mark: dict[str, list[str]] = defaultdict(list)
    for item, mark in marks.items():
        items_by_mark[mark].append(item)
    for mark, items in items_by_mark.items():
        find_items(sample, place).filter(item__in=items).update(**{place: mark})


def _complete(sample: ReviewSample, place: Place) -> None:
    now = timezone.now()
    if place is not Place.THIRD:
        setattr(sample, f"{place}_at", now)
    if sample.is_marked_twice and not count_open_differences(sample):
        sample.settled_at = now


def count_open_differences(sample: ReviewSample) -> int:
    """Return the number of items on which two markers differ and that no third person settled."""
    return find_items(sample, Place.THIRD).filter(third="").count()


def _draft(kind: str, sample: ReviewSample, viewer: Viewer, person: Person, place: Place) -> Draft:
    facts = {"place": place.value, "items": find_items(sample, place).count()}
    return Draft(
        kind,
        to_ms(timezone.now()),
        person.ref,
        get_organization_ref(viewer.organization),
        about=sample.ref,
        facts=facts,
    )

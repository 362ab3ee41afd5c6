"""People put subjects into another campaign, or campaigns into one: what a person placed, no tie moves any more."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from fanzha.base.ids import sortable_id
from fanzha.base.words import Words
from fanzha.command.audit.recording import recorded
from fanzha.command.campaigns.campaign_writer import begin, merge, offer_name, set_figures
from fanzha.command.campaigns.models import Campaign, Placement, Tie, TieLink
from fanzha.command.campaigns.services import check_decider, kept, locked_rows, note_down, overtaken
from fanzha.command.campaigns.stats import of_placement, of_several, sum_stats
from fanzha.command.campaigns.transitions import Doing, why_not
from fanzha.command.subjects.models import Subject
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Reason, Refusal

#: Subjects that are moved at once.
MOST = 500


def move(
    source: str,
    subjects: Iterable[str],
    viewer: Viewer,
    *,
    target: str = "",
    revision: int | None = None,
    at: datetime | None = None,
) -> Campaign:
    """Put subjects (refs) of a campaign into another one (ref), or, without one, into a new one; return that.

    Raises Refusal when the campaign has changed since, when nothing is picked, or when nothing would be left.
    """
    at = at or timezone.now()
    check_decider(viewer)
    with recorded() as log:
        rows = {row.ref: row for row in locked_rows([source, target], viewer)}
        row, aim = _known(rows, source), _known(rows, target) if target else None
        doing = Doing.MOVE if aim else Doing.SPLIT
        _check(row, doing, revision)
        picked = _picked(row, list(subjects))
        together, before = sortable_id(), _places(picked)
        if aim is None:
            (aim,) = begin(row.owner_id, [of_several(map(of_placement, picked))])
            _name(aim, picked)
        else:
            _check(aim, Doing.MOVE, None)
        Placement._base_manager.filter(pk__in=[one.pk for one in picked]).update(campaign=aim, is_held=True)
        for one in (row, aim):
            count_again(one)
        note_down(row, doing, kept(row) | {"places": before}, viewer, at, together=together, log=log)
        note_down(aim, doing, kept(aim), viewer, at, together=together, log=log)
    return aim


def merge_into(kept_ref: str, others: Iterable[str], viewer: Viewer, at: datetime | None = None) -> Campaign:
    """Put other campaigns (refs) into one that is kept; all that ties their subjects together comes along."""
    at = at or timezone.now()
    check_decider(viewer)
    refs = [ref for ref in dict.fromkeys(others) if ref != kept_ref]
    with recorded() as log:
        rows = {row.ref: row for row in locked_rows([kept_ref, *refs], viewer)}
        aim, merged = _known(rows, kept_ref), [_known(rows, ref) for ref in refs]
        if not merged:
            raise Refusal(Reason.EVIDENCE, Words("请至少选择两个团伙", "pick two campaigns at least"))
        for row in (aim, *merged):
            _check(row, Doing.MERGE, None)
        together = sortable_id()
        before = {row.pk: kept(row) | _contents(row) for row in merged}
        as_it_was = kept(aim)
        merge(aim, merged)
        for row in merged:
            row.refresh_from_db()
            note_down(row, Doing.MERGE, before[row.pk], viewer, at, together=together, log=log)
        note_down(aim, Doing.MERGE, as_it_was, viewer, at, together=together, log=log)
    return aim


def count_again(row: Campaign) -> None:
    """Give a campaign the figures of what is in it now."""
    figures = sum_stats([row.pk]).get(row.pk)
    if figures is not None:
        set_figures(row, figures)


def _known(rows: dict[str, Campaign], ref: str) -> Campaign:
    if ref not in rows:
        raise Refusal(Reason.UNKNOWN, Words("没有此团伙", "there is no such campaign"))
    return rows[ref]


def _check(row: Campaign, doing: Doing, revision: int | None) -> None:
    words = overtaken(row) if revision not in (None, row.revision) else why_not(row, doing)
    if words is not None:
        raise Refusal(Reason.STATE, words)


def _picked(row: Campaign, subjects: Sequence[str]) -> list[Placement]:
    if len(subjects) > MOST:
        raise Refusal(Reason.EVIDENCE, Words(f"一次最多移动 {MOST} 个对象", f"move {MOST} subjects at most at once"))
    placements = list(Placement._base_manager.filter(campaign=row, subject__ref__in=subjects).order_by("pk"))
    if not placements:
        raise Refusal(Reason.EVIDENCE, Words("请先选择对象", "pick subjects first"))
    if not Placement._base_manager.filter(campaign=row).exclude(pk__in=[one.pk for one in placements]).exists():
        words = Words("不能移出全部对象；请改用合并", "not all of them can be moved: merge the campaigns instead")
        raise Refusal(Reason.EVIDENCE, words)
    return placements


def _name(row: Campaign, picked: Sequence[Placement]) -> None:
    """Name a new campaign by the tie that most of its subjects have, else by the strongest of them."""
    strongest = Subject._base_manager.get(pk=max(picked, key=lambda one: one.top_score).subject_id)
    row.tie_kind, row.tie_value, row.tie_subjects = strongest.kind, (strongest.shown or strongest.value)[:200], 1
    links = TieLink.objects.filter(subject__in=[one.subject_id for one in picked], tie__owner=row.owner_id)
    best = links.values("tie__kind", "tie__value").annotate(many=Count("subject")).order_by("-many", "tie_id").first()
    if best and best["many"] > 1:
        offer_name(row, best["tie__kind"], best["tie__value"], best["many"])


def _places(placements: Iterable[Placement]) -> list[tuple[int, bool]]:
    """Return where subjects were, as undo reads it: placement, and whether a person had put it there."""
    return [(one.pk, one.is_held) for one in placements]


def _contents(row: Campaign) -> dict[str, object]:
    placements = Placement._base_manager.filter(campaign=row).values_list("pk", "is_held")
    return {
        "places": list(placements),
        "ties": list(Tie._base_manager.filter(campaign=row).values_list("pk", flat=True)),
    }

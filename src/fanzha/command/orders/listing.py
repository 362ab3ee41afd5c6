"""The list of orders: narrowed as a person asks, each row saying what is ordered and how far each receiver is."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fanzha.base.words import Words
from fanzha.command.orders.ordered import PROCESS
from fanzha.command.processes.models import Leg, ProcessInstance, Step
from fanzha.command.processes.selectors import is_late
from fanzha.command.web.components import Badge, Figure, Press, Row, Tone
from fanzha.command.web.counting import counted
from fanzha.command.web.i18n import localize
from fanzha.command.web.viewer import Viewer
from fanzha.processes.process import Process

PAGE = 50
SHOW_WORDS: dict[str, Words] = {
    "open": Words("进行中", "open"),
    "todo": Words("待我单位执行", "for us to carry out"),
    "approve": Words("待批准", "to be approved"),
    "late": Words("超时", "late"),
    "attention": Words("需处理", "needs attention"),
    "ended": Words("已结束", "ended"),
    "all": Words("全部", "all"),
}


@dataclass(frozen=True)
class Narrowed:
    """What is asked of the list: `receiver` the ref of an organisation, `state` one of the process."""

    show: str = "open"
    state: str = ""
    receiver: str = ""


def narrow(narrowed: Narrowed, viewer: Viewer, now: datetime) -> "QuerySet[ProcessInstance]":
    """Return the orders that are asked for, of those that the viewer may read."""
    rows = ProcessInstance.objects.filter(process=PROCESS)
    if narrowed.state:
        rows = rows.filter(state=narrowed.state)
    if narrowed.receiver:
        legs = Leg.objects.filter(instance=OuterRef("pk"), receiver__ref=narrowed.receiver)
        rows = rows.filter(Exists(legs))
    return rows.filter(_shown(narrowed.show, viewer, now))


def _shown(show: str, viewer: Viewer, now: datetime) -> Q:
    is_open = Q(ended_at=None)
    match show:
        case "todo":
            return is_open & Q(Exists(_to_do(viewer)))
        case "approve":
            return is_open & Q(state="drafted", owner=viewer.organization)
        case "late":
            return is_late(now)
        case "attention":
            return is_open & Q(needs_attention=True)
        case "ended":
            return Q(ended_at__isnull=False)
        case "all":
            return Q()
    return is_open


def _to_do(viewer: Viewer) -> "QuerySet[Leg]":
    """Return the legs that the viewer's organisation has to carry out or to lift."""
    waiting = ("sent", "unanswered", "acknowledged", "partial", "releasing")
    return Leg._base_manager.filter(
        instance=OuterRef("pk"), receiver=viewer.organization, state__in=waiting, ended_at=None
    )


def figures(viewer: Viewer) -> list[Figure]:
    """Return how many orders wait for what, one query each: many need not be counted to their end."""
    now = timezone.now()
    wanted = ("todo", "approve", "late", "attention", "open")
    many = {show: counted(narrow(Narrowed(show), viewer, now)) for show in wanted}
    return [
        Figure(
            str(many[show]), localize(SHOW_WORDS[show]), f"?show={show}", is_harm=show == "late" and bool(many[show])
        )
        for show in wanted
        if many[show] or show in ("late", "open")
    ]


def rows_of(orders: Sequence[ProcessInstance], viewer: Viewer) -> list[Row]:
    """Return orders as rows, in two queries more; owner and version must have been selected with them."""
    keys = [one.pk for one in orders]
    drafts = dict(Step.objects.filter(instance__in=keys, number=1, leg="").values_list("instance", "evidence"))
    legs: dict[int, list[tuple[str, int, datetime | None]]] = defaultdict(list)
    stand = Leg.objects.filter(instance__in=keys).values("instance", "state").order_by("instance", "state")
    due = Min(Coalesce("late_since", "due_at"), filter=Q(ended_at=None))
    for row in stand.annotate(many=Count("pk"), due=due):
        legs[row["instance"]].append((row["state"], row["many"], row["due"]))
    return [_row(one, drafts.get(one.pk) or {}, legs[one.pk], viewer) for one in orders]


def _row(
    order: ProcessInstance,
    draft: Mapping[str, object],
    legs: Sequence[tuple[str, int, datetime | None]],
    viewer: Viewer,
) -> Row:
    process = order.version.process
    own = order.owner_id == viewer.organization
    dues = [due for due in (order.clock_at if own else None, *(due for _, _, due in legs)) if due is not None]
    return Row(
        title=order.title or order.ref,
        href=reverse("order", args=[order.ref]),
        why=_why(order, process, draft, legs),
        badges=tuple(_badges(order, process)),
        due=min(dues, default=None) if order.ended_at is None else None,
        at=order.changed_at,
        meta=(str(order.owner),),
        presses=(Press(_("Approve"), reverse("order", args=[order.ref]), post=False, key="a"),)
        if own and order.state == "drafted" and viewer.has("reviewer")
        else (),
        is_subject=True,
    )


def _why(
    order: ProcessInstance,
    process: Process,
    draft: Mapping[str, object],
    legs: Sequence[tuple[str, int, datetime | None]],
) -> str:
    hits = int(str(draft.get("hits", 0)) or 0)
    told = [ngettext("%(count)s target", "%(count)s targets", hits) % {"count": f"{hits:,}"}]
    told = [localize(action_words(order, process)), *told] if hits else [localize(action_words(order, process))]
    states = process.legs.states if process.legs else {}
    told += [f"{localize(states[state].title)} {many}" for state, many, _ in legs]
    return " · ".join(told)


def action_words(order: ProcessInstance, process: Process) -> Words:
    """Return what is ordered, in words."""
    field = process.events["draft"].evidence["action"]
    name = str(order.situation["facts"].get("action", ""))
    return field.choices.get(name, Words("", ""))


def _badges(order: ProcessInstance, process: Process) -> list[Badge]:
    state = process.states[order.state]
    tone = Tone.WARN if order.needs_attention else Tone.ACCENT if order.state == "drafted" else Tone.QUIET
    found = [Badge(localize(state.title), "alert" if order.needs_attention else "", tone)]
    if order.simulated:
        found.append(Badge(_("simulated"), "", Tone.PLAIN))
    return found

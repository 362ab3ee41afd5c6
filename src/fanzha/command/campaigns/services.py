"""People do something with campaigns: once, on record, and so that it can be undone; of two at once the second is told.

What a deed says of the subjects in a campaign (confirmed: suspected; set aside: clear) is given as opinions at the
moment of the deed, a microsecond apart where several campaigns are picked; undo finds them by it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.ids import sortable_id
from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.audit.recording import Recording, recorded
from fanzha.command.campaigns.models import Campaign, CampaignAction, CampaignState
from fanzha.command.campaigns.transitions import DOING_WORDS, FIELDS, Deed, Doing, why_not
from fanzha.command.organizations.models import Person
from fanzha.command.processes.models import Notification
from fanzha.command.processes.parties import to_actor
from fanzha.command.subjects.models import Subject
from fanzha.command.subjects.opinions import Saying, give
from fanzha.command.subjects.registry import lock
from fanzha.command.web.roles import DECIDERS
from fanzha.command.web.viewer import Viewer
from fanzha.processes.log.commitment import Personal
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

KIND = "campaign"
#: Subjects of one campaign that a deed says something of, the strongest first.
MOST_OPINIONS = 1_000
_SAID = {Doing.CONFIRM: Level.SUSPECTED, Doing.SET_ASIDE: Level.CLEAR}


@dataclass
class Done:
    """What became of one press: with which campaigns it was done, and with which not, and why."""

    together: str
    done: list[Campaign] = field(default_factory=list)
    refused: list[tuple[Campaign, Words]] = field(default_factory=list)


def act(wanted: Mapping[str, int | None], deed: Deed, viewer: Viewer, at: datetime | None = None) -> Done:
    """Do one thing with campaigns of the viewer's organisation: ref → revision that was looked at, None: the present.

    Raises Refusal when nothing can be done with any of them.
    """
    at = at or timezone.now()
    check_decider(viewer)
    deed.check(at)
    with recorded() as log:
        if deed.doing in _SAID:  # subjects before campaigns, as the importer takes them
            own = Campaign._base_manager.filter(owner=viewer.organization, ref__in=list(wanted))
            lock(one.pk for row in own for one in _spoken_of(row))
        rows = locked_rows(wanted, viewer)
        made = Done(sortable_id())
        for row in rows:
            if (refusal := _refusal(row, deed.doing, wanted[row.ref])) is not None:
                made.refused.append((row, refusal))
                continue
            _do(row, deed, viewer, at + timedelta(microseconds=len(made.done)), made.together, log)
            made.done.append(row)
    if not made.done:
        words = made.refused[0][1] if made.refused else Words("没有此团伙", "there is no such campaign")
        raise Refusal(Reason.STATE if made.refused else Reason.UNKNOWN, words)
    return made


def check_decider(viewer: Viewer) -> None:
    """Raise Refusal unless the viewer may decide on campaigns."""
    if not viewer.has(*DECIDERS):
        raise Refusal(Reason.ROLE, Words("您的岗位不能办理", "your role does not decide on campaigns"))


def locked_rows(refs: Iterable[str], viewer: Viewer) -> list[Campaign]:
    """Return own campaigns, ours until the transaction ends, in one order for all."""
    rows = Campaign._base_manager.select_for_update().filter(owner=viewer.organization, ref__in=list(refs))
    return list(rows.order_by("pk"))


def note_down(
    row: Campaign,
    doing: Doing,
    before: Mapping[str, Any],
    viewer: Viewer,
    at: datetime,
    *,
    note: str = "",
    together: str,
    log: Recording,
) -> CampaignAction:
    """Save a campaign with its next revision, its history and the log entry."""
    row.revision += 1
    row.save()
    actor = to_actor(viewer)
    log.add(
        Draft(
            kind=KIND,
            at=to_ms(at),
            actor=actor.person,
            organisation=actor.organization,
            about=row.ref,
            facts={"action": doing.value, "revision": row.revision, "together": together},
            personal=(Personal("note", person=row.ref, value=note),) if note else (),
        )
    )
    return CampaignAction._base_manager.create(
        campaign=row,
        together=together,
        action=doing.value,
        person_id=viewer.person,
        note=note[:500],
        before=dict(before),
        revision=row.revision,
        at=at,
    )


def kept(row: Campaign) -> dict[str, Any]:
    """Return the fields of a campaign as a history keeps them."""
    values = {name: getattr(row, name) for name in FIELDS}
    return {name: one.isoformat() if isinstance(one, datetime) else one for name, one in values.items()}


def _refusal(row: Campaign, doing: Doing, seen: int | None) -> Words | None:
    if seen is not None and seen != row.revision:
        return overtaken(row)
    return why_not(row, doing)


def overtaken(row: Campaign) -> Words:
    """Return what whoever came second is told."""
    last = CampaignAction._base_manager.filter(campaign=row).select_related("person").first()
    if last is None:
        return Words("已有变化，请刷新", "it has changed: look again")
    done = DOING_WORDS[Doing(last.action)][1]
    who = str(last.person or "API")
    return Words(f"{who} 先办理了：{done.zh}。请刷新后再看", f"{who} was first: {done.en}. Look again")


def _do(row: Campaign, deed: Deed, viewer: Viewer, at: datetime, together: str, log: Recording) -> None:
    before = kept(row)
    match deed.doing:
        case Doing.TAKE:
            row.assignee_id, row.handed_over_by_id, row.note = viewer.person, None, ""
        case Doing.PUT_BACK:
            row.assignee_id, row.handed_over_by_id, row.note = None, None, deed.note[:500]
        case Doing.HAND_OVER:
            row.assignee, row.handed_over_by_id, row.note = deed.to, viewer.person, deed.note[:500]
            _tell(row, deed, viewer, at, together)
        case Doing.SNOOZE:
            row.state, row.snoozed_until = CampaignState.SNOOZED, deed.until
        case Doing.CONFIRM:
            row.state, row.snoozed_until, row.confirmed_at = CampaignState.OPEN, None, at
            row.assignee_id = row.assignee_id or viewer.person
        case Doing.SET_ASIDE:
            row.state, row.snoozed_until, row.confirmed_at = CampaignState.CLEARED, None, None
            row.cleared_at, row.cleared_why = at, deed.note[:300]
        case Doing.REOPEN:
            row.state, row.snoozed_until, row.cleared_at, row.cleared_why = CampaignState.OPEN, None, None, ""
        case _:
            raise Refusal(Reason.UNKNOWN, Words("不能批量办理", "this is not done so"))
    note_down(row, deed.doing, before, viewer, at, note=deed.note, together=together, log=log)
    if (level := _SAID.get(deed.doing)) is not None:
        _say(row, level, deed, viewer, at)


def _say(row: Campaign, level: Level, deed: Deed, viewer: Viewer, at: datetime) -> None:
    """Give the opinion that a deed is on the suspects of a campaign; nobody who is to be warned is spoken of."""
    subjects = _spoken_of(row)
    title = DOING_WORDS[deed.doing][1]
    reason = Words(f"团伙研判：{title.zh}。{deed.note}"[:500], f"campaign {title.en}. {deed.note}"[:500])
    kind = row.fraud_type if level is Level.SUSPECTED else ""
    saying = Saying(level, fraud_type=kind, reason=reason, marking=Marking(row.marking), simulated=row.simulated)
    if subjects:
        give(subjects, saying, viewer, at)


def _spoken_of(row: Campaign) -> list[Subject]:
    found = Subject._base_manager.filter(placements__campaign=row, placements__is_victim=False)
    return list(found.order_by("-placements__top_score", "pk")[:MOST_OPINIONS])


def _tell(row: Campaign, deed: Deed, viewer: Viewer, at: datetime, together: str) -> None:
    title, by = row.title, Person.objects.filter(pk=viewer.person or 0).first()
    Notification._base_manager.create(
        key=f"campaign:{row.ref}:{together}",
        owner_id=row.owner_id,
        person=deed.to,
        text_zh=f"{by or 'API'} 转交给您：{title.zh}。{deed.note}"[:300],
        text_en=f"{by or 'API'} hands over to you: {title.en}. {deed.note}"[:300],
        at=at,
    )

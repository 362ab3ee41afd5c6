"""Transitions of campaigns: their kinds, titles, and the states that allow them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from fanzha.base.words import Words
from fanzha.command.campaigns.models import Campaign, CampaignState
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Person


MAX_SNOOZE = timedelta(days=30)


class TransitionKind(StrEnum):
    """Kinds of transitions; `undo` reverts one."""

    TAKE = "take"
    PUT_BACK = "put_back"
    HAND_OVER = "hand_over"
    SNOOZE = "snooze"
    CONFIRM = "confirm"
    CLEAR = "set_aside"
    REOPEN = "reopen"
    SPLIT = "split"
    MOVE = "move"
    MERGE = "merge"
    UNDO = "undo"


#: Titles on a button and in the history.
TRANSITION_WORDS: dict[TransitionKind, tuple[Words, Words]] = {
    TransitionKind.TAKE: (Words("领取", "Take"), Words("已领取", "taken")),
    TransitionKind.PUT_BACK: (Words("退回待办", "Put back"), Words("已退回待办", "put back into the queue")),
    TransitionKind.HAND_OVER: (Words("转交", "Hand over"), Words("已转交", "handed over")),
    TransitionKind.SNOOZE: (Words("稍后处理", "Snooze"), Words("已推迟", "snoozed")),
    TransitionKind.CONFIRM: (Words("确认涉诈", "Confirm"), Words("已确认涉诈", "confirmed as fraud")),
    TransitionKind.CLEAR: (
        Words("判为误报", "Clear as a false alarm"),
        Words("已判为误报", "cleared as a false alarm"),
    ),
    TransitionKind.REOPEN: (Words("重新打开", "Reopen"), Words("已重新打开", "reopened")),
    TransitionKind.SPLIT: (Words("拆分", "Split off"), Words("已拆分", "split off")),
    TransitionKind.MOVE: (Words("移至其他团伙", "Move"), Words("已移动对象", "subjects moved")),
    TransitionKind.MERGE: (Words("合并", "Merge"), Words("已合并", "merged")),
    TransitionKind.UNDO: (Words("撤销", "Undo"), Words("已撤销", "undone")),
}
STATE_WORDS: dict[CampaignState, Words] = {
    CampaignState.OPEN: Words("待处理", "open"),
    CampaignState.SNOOZED: Words("已推迟", "snoozed"),
    CampaignState.ORDERED: Words("已下达指令", "ordered"),
    CampaignState.CLEARED: Words("已判为误报", "cleared as a false alarm"),
    CampaignState.MERGED: Words("已并入其他团伙", "merged into another"),
}
_ALLOWED_STATES: dict[TransitionKind, tuple[CampaignState, ...]] = {
    TransitionKind.TAKE: (CampaignState.OPEN, CampaignState.SNOOZED, CampaignState.ORDERED),
    TransitionKind.PUT_BACK: (CampaignState.OPEN, CampaignState.SNOOZED, CampaignState.ORDERED),
    TransitionKind.HAND_OVER: (CampaignState.OPEN, CampaignState.SNOOZED, CampaignState.ORDERED),
    TransitionKind.SNOOZE: (CampaignState.OPEN,),
    TransitionKind.CONFIRM: (CampaignState.OPEN, CampaignState.SNOOZED),
    TransitionKind.CLEAR: (CampaignState.OPEN, CampaignState.SNOOZED),
    TransitionKind.REOPEN: (CampaignState.CLEARED, CampaignState.SNOOZED),
    TransitionKind.SPLIT: (CampaignState.OPEN, CampaignState.SNOOZED, CampaignState.ORDERED),
    TransitionKind.MOVE: (CampaignState.OPEN, CampaignState.SNOOZED, CampaignState.ORDERED),
    TransitionKind.MERGE: (CampaignState.OPEN, CampaignState.SNOOZED),
}
#: Fields that a transition changes; the history stores them, and undo restores them.
HISTORY_FIELDS = (
    "state",
    "assignee_id",
    "handed_over_by_id",
    "note",
    "snoozed_until",
    "confirmed_at",
    "cleared_at",
    "cleared_why",
    "came_back_at",
    "merged_into_id",
)


@dataclass(frozen=True)
class CampaignTransition:
    """One transition: kind, note (reason or hand-over message), end of a snooze, new assignee.

    With `is_silent`, the new assignee gets no notification: the caller writes one for all that is handed over.
    """

    kind: TransitionKind
    note: str = ""
    until: datetime | None = None
    to: Person | None = None
    is_silent: bool = False

    def check(self, at: datetime) -> None:
        """Raise Refusal if a required value is missing."""
        missing: dict[str, Words] = {}
        if self.kind is TransitionKind.SNOOZE and (self.until is None or not at < self.until <= at + MAX_SNOOZE):
            missing["until"] = Words("须晚于现在，最长30天", "must be in the future, within 30 days")
        if self.kind is TransitionKind.HAND_OVER and self.to is None:
            missing["to"] = Words("请选择接手人", "say who takes over")
        if self.kind is TransitionKind.CLEAR and not self.note.strip():
            missing["note"] = Words("请写明理由", "say why")
        if missing:
            raise Refusal(Reason.EVIDENCE, Words("信息不全", "Something is missing"), fields=missing)


def refusal_reason(campaign: Campaign, kind: TransitionKind) -> Words | None:
    """Return why a transition is refused in the campaign's present state; None if it is allowed."""
    state = CampaignState(campaign.state)
    if state not in _ALLOWED_STATES.get(kind, tuple(CampaignState)):
        state_title = STATE_WORDS[state]
        return Words(f"当前状态为“{state_title.zh}”，不能办理", f"not possible: it is {state_title.en}")
    if kind is TransitionKind.CONFIRM and campaign.confirmed_at is not None:
        return Words("已经确认过", "it is already confirmed")
    if kind is TransitionKind.PUT_BACK and campaign.assignee_id is None:
        return Words("尚无人领取", "nobody has taken it")
    return None

"""What can be done with a campaign, in which of its states, and how each is called."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from fanzha.base.words import Words
from fanzha.command.campaigns.models import Campaign, CampaignState
from fanzha.command.organizations.models import Person
from fanzha.processes.refusal import Reason, Refusal

LONGEST_SLEEP = timedelta(days=30)


class Doing(StrEnum):
    """The things that can be done; `undo` takes one back."""

    TAKE = "take"
    PUT_BACK = "put_back"
    HAND_OVER = "hand_over"
    SNOOZE = "snooze"
    CONFIRM = "confirm"
    SET_ASIDE = "set_aside"
    REOPEN = "reopen"
    SPLIT = "split"
    MOVE = "move"
    MERGE = "merge"
    UNDO = "undo"


#: As it stands on a button, and in a history.
DOING_WORDS: dict[Doing, tuple[Words, Words]] = {
    Doing.TAKE: (Words("领取", "Take"), Words("已领取", "taken")),
    Doing.PUT_BACK: (Words("退回队列", "Put back"), Words("已退回队列", "put back into the queue")),
    Doing.HAND_OVER: (Words("转交", "Hand over"), Words("已转交", "handed over")),
    Doing.SNOOZE: (Words("稍后处理", "Snooze"), Words("已推迟", "snoozed")),
    Doing.CONFIRM: (Words("确认涉诈", "Confirm"), Words("已确认涉诈", "confirmed as fraud")),
    Doing.SET_ASIDE: (Words("误报搁置", "Set aside"), Words("已作误报搁置", "set aside")),
    Doing.REOPEN: (Words("重新打开", "Reopen"), Words("已重新打开", "reopened")),
    Doing.SPLIT: (Words("拆分", "Split off"), Words("已拆分", "split off")),
    Doing.MOVE: (Words("移至其他团伙", "Move"), Words("已移动对象", "subjects moved")),
    Doing.MERGE: (Words("合并", "Merge"), Words("已合并", "merged")),
    Doing.UNDO: (Words("撤销", "Undo"), Words("已撤销", "undone")),
}
STATE_WORDS: dict[CampaignState, Words] = {
    CampaignState.OPEN: Words("待处理", "to be cleared"),
    CampaignState.SNOOZED: Words("已推迟", "snoozed"),
    CampaignState.ORDERED: Words("已下达指令", "ordered"),
    CampaignState.CLEARED: Words("已搁置", "set aside"),
    CampaignState.MERGED: Words("已并入其他团伙", "merged into another"),
}
_FROM: dict[Doing, tuple[CampaignState, ...]] = {
    Doing.TAKE: (CampaignState.OPEN, CampaignState.SNOOZED, CampaignState.ORDERED),
    Doing.PUT_BACK: (CampaignState.OPEN, CampaignState.SNOOZED, CampaignState.ORDERED),
    Doing.HAND_OVER: (CampaignState.OPEN, CampaignState.SNOOZED, CampaignState.ORDERED),
    Doing.SNOOZE: (CampaignState.OPEN,),
    Doing.CONFIRM: (CampaignState.OPEN, CampaignState.SNOOZED),
    Doing.SET_ASIDE: (CampaignState.OPEN, CampaignState.SNOOZED),
    Doing.REOPEN: (CampaignState.CLEARED, CampaignState.SNOOZED),
    Doing.SPLIT: (CampaignState.OPEN, CampaignState.SNOOZED, CampaignState.ORDERED),
    Doing.MOVE: (CampaignState.OPEN, CampaignState.SNOOZED, CampaignState.ORDERED),
    Doing.MERGE: (CampaignState.OPEN, CampaignState.SNOOZED),
}
#: Fields that a deed changes: what a history keeps of them, undo puts back.
FIELDS = (
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
class Deed:
    """One thing to be done: with a note (why, or what the next one should know), until when, to whom."""

    doing: Doing
    note: str = ""
    until: datetime | None = None
    to: Person | None = None

    def check(self, at: datetime) -> None:
        """Raise Refusal when something is missing."""
        missing: dict[str, Words] = {}
        if self.doing is Doing.SNOOZE and (self.until is None or not at < self.until <= at + LONGEST_SLEEP):
            missing["until"] = Words("须晚于现在，最长30天", "must lie ahead, by 30 days at most")
        if self.doing is Doing.HAND_OVER and self.to is None:
            missing["to"] = Words("请选择接手人", "say who takes over")
        if self.doing is Doing.SET_ASIDE and not self.note.strip():
            missing["note"] = Words("请写明理由", "say why")
        if missing:
            raise Refusal(Reason.EVIDENCE, Words("信息不全", "Something is missing"), fields=missing)


def why_not(row: Campaign, doing: Doing) -> Words | None:
    """Return why something cannot be done with a campaign as it stands; None when it can."""
    state = CampaignState(row.state)
    if state not in _FROM.get(doing, tuple(CampaignState)):
        said = STATE_WORDS[state]
        return Words(f"当前状态为“{said.zh}”，不能办理", f"not possible: it is {said.en}")
    if doing is Doing.CONFIRM and row.confirmed_at is not None:
        return Words("已经确认过", "it is confirmed already")
    if doing is Doing.PUT_BACK and row.assignee_id is None:
        return Words("尚无人领取", "nobody has taken it")
    return None

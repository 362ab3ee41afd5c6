"""Guards: whether an actor may fire an event now, and if not, why."""

from collections.abc import Iterator

from fanzha.base.words import Words
from fanzha.processes.parties import PARTY_ROLE_WORDS, REQUESTERS, Actor, Party, PartyRole
from fanzha.processes.process import Event, Machine, Process
from fanzha.processes.refusal import Reason, Refusal
from fanzha.processes.roles import role_table
from fanzha.processes.situation import LegState, Situation, StepRecord


def refusal(process: Process, situation: Situation, name: str, actor: Actor, leg: LegState | None) -> Refusal | None:
    """Return the reason why the event is refused, or None. Evidence is checked separately."""
    machine = process.machine_for(name)
    if machine is None or (machine is process) != (leg is None):
        return Refusal(Reason.UNKNOWN, Words(f"没有此操作：{name}", f"there is no such event here: {name}"))
    event = machine.events[name]
    state = leg.state if leg else situation.state
    if process.states[situation.state].end:
        return Refusal(Reason.ENDED, Words("流程已结束", "the process has ended"))
    if state not in event.sources:
        return Refusal(Reason.STATE, _wrong_state_words(machine, state))
    wrong_actor = actor_refusal(event, actor, situation.owner, leg.receiver if leg else None)
    steps = [step for step in situation.history if step.leg == (leg.id if leg else "")]
    return wrong_actor or next(_history_refusals(process, machine, event, actor, steps), None)


def actor_refusal(event: Event, actor: Actor, owner: Party, receiver: Party | None) -> Refusal | None:
    """Return the reason why this actor may never fire the event, or None."""
    if not actor.person and not actor.is_machine:
        return Refusal(Reason.ROLE, Words("请先登录", "nobody is named as acting"))
    matching = [actor_spec for actor_spec in event.who if _matches_actor_spec(actor_spec, actor, owner, receiver)]
    if not matching:
        return Refusal(Reason.ROLE, allowed_actor_words(event))
    if actor.is_key and (event.other_than or event.decides_appeal or event.emergency):
        words = Words("须由登录的人办理，接口密钥不能办理", "is for a person who is signed in, not for a key")
        return Refusal(Reason.SAME_PERSON, words)
    if actor.is_requester and not set(matching) & REQUESTERS:
        return Refusal(
            Reason.OWN_CASE, Words("不得经办与本人有关的事项", "nobody decides a case in which he is concerned himself")
        )
    return None


def allowed_actor_words(event: Event) -> Words:
    """Return the text that names the allowed actors of an event."""
    words_by_actor = [_actor_spec_words(actor_spec) for actor_spec in event.who]
    return Words(
        "限由" + "、".join(word.zh for word in words_by_actor) + "办理",
        "only for " + ", ".join(w.en for w in words_by_actor),
    )


def _actor_spec_words(actor_spec: str) -> Words:
    party, dot, role = actor_spec.partition(".")
    if not dot:
        return PARTY_ROLE_WORDS[PartyRole(party)]
    parties = {"owner": Words("承办单位", "the owner organisation"), "receiver": Words("接收单位", "the receiver")}
    party_words, role_words = parties.get(party) or role_table().title_of(party), role_table().roles[role]
    return Words(
        party_words.zh + role_words.zh, f"{role_words.en.lower()} of {party_words.en[0].lower() + party_words.en[1:]}"
    )


def _matches_actor_spec(actor_spec: str, actor: Actor, owner: Party, receiver: Party | None) -> bool:
    party, dot, role = actor_spec.partition(".")
    if not dot:
        return PartyRole(party) in actor.party_roles
    if actor.is_machine or role not in actor.roles:
        return False
    if party == "owner":
        return actor.organization == owner.organization
    if party == "receiver":
        return receiver is not None and actor.organization == receiver.organization
    return actor.kind in role_table().kinds_of(party)


def _wrong_state_words(machine: Machine, state: str) -> Words:
    title = machine.states[state].title
    return Words(f"当前状态“{title.zh}”下不能办理", f"cannot be done while the state is “{title.en}”")


def _history_refusals(
    process: Process, machine: Machine, event: Event, actor: Actor, steps: list[StepRecord]
) -> Iterator[Refusal]:
    last_step_by_event = {step.event: step for step in steps}  # by event: its last step
    for earlier_event in event.other_than:
        if earlier_event in last_step_by_event and actor.acted_as(last_step_by_event[earlier_event].person):
            title = machine.events[earlier_event].title
            words = Words(f"须由“{title.zh}”经办人以外的人办理", f"must not be the person who did “{title.en}”")
            yield Refusal(Reason.SAME_PERSON, words)
    if event.answers and not _has_open_request(machine, event, steps):
        titles = [machine.events[name].title for name in event.answers]
        zh, en = "”“".join(title.zh for title in titles), "”, “".join(title.en for title in titles)
        yield Refusal(Reason.NOT_ASKED, Words(f"没有待处理的“{zh}”", f"nothing is waiting after “{en}”"))
    if event.only_after and not set(event.only_after) & set(last_step_by_event):
        titles = [machine.events[name].title for name in event.only_after]
        zh, en = "”“".join(title.zh for title in titles), "”, “".join(title.en for title in titles)
        yield Refusal(Reason.NOT_ASKED, Words(f"须先有“{zh}”", f"comes only after “{en}”"))
    if event.decides_appeal:
        yield from appeal_refusals(process, actor, steps)


def _has_open_request(machine: Machine, event: Event, steps: list[StepRecord]) -> bool:
    """Return whether the last request that this event answers is later than the last answer."""
    requests = set(event.answers)
    answers = {name for name, candidate in machine.events.items() if requests & set(candidate.answers)}
    last_step = {True: 0, False: 0}
    for step in steps:
        if step.event in requests | answers:
            last_step[step.event in requests] = step.number
    return last_step[True] > last_step[False]


def deciding_events(process: Process) -> set[str]:
    """Return the events with which people decide on a limit: those that set it, their requests and ratifications."""
    limiting = {name for name, event in process.events.items() if _leads_into_limit(process, event)}
    first_halves = {related for name in limiting for related in process.events[name].other_than}
    ratifying = {event.emergency.ratified_by for event in process.events.values() if event.emergency}
    return limiting | first_halves | ratifying


def _leads_into_limit(process: Process, event: Event) -> bool:
    return bool(event.to) and process.states[event.to].limiting and not event.appeal


def appeal_refusals(process: Process, actor: Actor, steps: list[StepRecord]) -> Iterator[Refusal]:
    """Check that another person and another unit decides the appeal. A missing unit counts as the same unit."""
    deciding = deciding_events(process)
    deciders = [step for step in steps if step.event in deciding and step.organization]
    if any(actor.acted_as(step.person) for step in deciders):
        words = Words("申诉须由原决定人以外的人处理", "an appeal is heard by a person who did not decide")
        yield Refusal(Reason.SAME_PERSON, words)
    units = {step.unit for step in deciders if step.organization == actor.organization}
    if units and (not actor.unit or units & {"", actor.unit}):
        units_are_recorded = actor.unit and "" not in units
        words = Words(
            "申诉须由原决定部门以外的部门处理" + ("" if units_are_recorded else "；请先由管理员登记经办人所在部门"),
            "an appeal is heard by a unit that did not decide"
            + ("" if units_are_recorded else "; an administrator must first record the departments of those who act"),
        )
        yield Refusal(Reason.SAME_UNIT, words)

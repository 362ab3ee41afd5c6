"""Diagram model: states in breadth-first order, each with the events that leave it.

An event that leaves many states has one block of its own instead of one line per state.
"""

from collections.abc import Iterator
from typing import NamedTuple

from fanzha.base.words import Words
from fanzha.processes.process import Deadline, Event, Machine
from fanzha.processes.roles import actor_spec_words

#: An event with at least this many source states has a block of its own.
_MANY = 3

_BEGINS = Words("开始", "Begin")
_AND = Words("、", ", ")
_FROM = Words("由以下任一状态：{}", "From any of: {}")
_AFTER = Words("{}后", "after {}")
_DUE = Words("{}到期", "{} is over")


class Exit(NamedTuple):
    """An event that leaves a block: title, actor, and target state ("" if the state does not change)."""

    title: Words
    actor: Words
    to: str
    is_automatic: bool


class Block(NamedTuple):
    """A state, or a group of states (`state` is then ""), and its outgoing events."""

    state: str
    title: Words
    exits: tuple[Exit, ...]
    is_begin: bool = False
    is_end: bool = False
    is_limiting: bool = False
    needs_attention: bool = False


def build_blocks(machine: Machine, start: str = "") -> list[Block]:
    """Return the blocks of a machine. `start` is the first state of a machine without an opening event."""
    opening = [name for name, event in machine.events.items() if not event.sources]
    order = _ordered_states(machine, [machine.events[name].to for name in opening] + [start] * bool(start))
    exits = {name: _exit(machine, name, event) for name, event in machine.events.items()}
    begin = tuple(exits[name] for name in opening) or (Exit(machine.states[start].title, Words("", ""), start, True),)
    result = [Block("", _BEGINS, begin, is_begin=True)]
    for name in order:
        state = machine.states[name]
        exits_of_state = tuple(
            exits[e] for e, event in machine.events.items() if name in event.sources and not _is_many(event)
        )
        result.append(
            Block(
                name,
                state.title,
                exits_of_state,
                is_end=state.end,
                is_limiting=state.limiting,
                needs_attention=state.attention,
            )
        )
    for sources in dict.fromkeys(event.sources for event in machine.events.values() if _is_many(event)):
        shared = tuple(exits[name] for name, event in machine.events.items() if event.sources == sources)
        result.append(Block("", _sources_title(machine, sources), shared))
    return result


def _is_many(event: Event) -> bool:
    return len(event.sources) >= _MANY


def _ordered_states(machine: Machine, first: list[str]) -> list[str]:
    """Return the states by distance from the start, end states last."""
    found = list(dict.fromkeys(first))
    for state in found:
        found += dict.fromkeys(
            event.to
            for event in machine.events.values()
            if state in event.sources and event.to and event.to not in found
        )
    found += [state for state in machine.states if state not in found]
    return sorted(found, key=lambda state: machine.states[state].end)


def _sources_title(machine: Machine, sources: tuple[str, ...]) -> Words:
    titles = [machine.states[source].title for source in sources]
    return Words(
        _FROM.zh.format(_AND.zh.join(title.zh for title in titles)),
        _FROM.en.format(_AND.en.join(title.en for title in titles)),
    )


def _exit(machine: Machine, name: str, event: Event) -> Exit:
    deadline_words = [words for deadline in machine.deadlines.values() for words in _deadline_words(deadline, name)]
    causes = deadline_words or [actor_spec_words(actor_spec) for actor_spec in event.who]
    return Exit(
        event.title,
        Words(_AND.zh.join(words.zh for words in causes), _AND.en.join(words.en for words in causes)),
        event.to,
        bool(deadline_words) or event.who == ("system",),
    )


def _deadline_words(deadline: Deadline, event: str) -> Iterator[Words]:
    """Yield the text of each deadline step that fires the event."""
    for escalation in deadline.then:
        if escalation.fire == event:
            due = Words(_DUE.zh.format(deadline.title.zh), _DUE.en.format(deadline.title.en))
            later = (
                Words(_AFTER.zh.format(escalation.after), _AFTER.en.format(escalation.after))
                if escalation.after
                else Words("", "")
            )
            yield Words(f"{due.zh}{later.zh}", f"{due.en} {later.en}".strip())

"""Fields of each fact, their types and availability, derived from the event tables."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pyarrow as pa

from fanzha.base.words import Words
from fanzha.events import CALL_FACTS, Column, EventTable, all_events
from fanzha.kinds.phone_number import NumberClass
from fanzha.rules.tree import Type

#: Event tables that contain no facts but monthly totals.
_NO_FACTS = frozenset({"subscriber_profile"})

#: Envelope columns that a rule may read.
_ENVELOPE = frozenset({"event_id", "occurred_at", "source", "simulated"})

#: New names of columns that a joined field would hide: `callee` is always the number that was called.
_RENAMED = {("call_answered", "callee"): "answering_number"}

#: Values of class().
NUMBER_CLASSES = tuple(str(number_class) for number_class in NumberClass)

#: Subject kinds of fields that a rule may find, although the number is only claimed in other tables.
_KINDS = {"received_caller": "phone_number"}


@dataclass(frozen=True)
class FieldFact:
    """One field of a fact."""

    name: str
    type: Type
    title: Words
    table: str  # event table of the column; differs from the fact for a joined field
    column: str  # its column in the table; "" if it is computed
    values: tuple[str, ...] = ()  # the closed list of values, if there is one
    kind: str = ""  # kind of the subject (fanzha.kinds)
    unit: str = ""
    known_at: tuple[str, ...] = ()  # facts on which it is known


def _derived(fact: str) -> tuple[FieldFact, ...]:
    if fact != "message":
        return ()
    host = Words("第一个链接的域名", "host of the first link in the text")
    return (
        FieldFact("link_host", Type.TEXT, host, fact, "", kind="host"),
        FieldFact("has_link", Type.TRUTH, Words("含链接", "has a link"), fact, ""),
    )


def _type(column: Column) -> Type | None:
    """Return the type of a column; None for nested columns, which rules cannot read."""
    if pa.types.is_boolean(column.type):
        return Type.TRUTH
    if pa.types.is_string(column.type):
        return Type.TEXT
    if column.unit == "ms":
        return Type.MOMENT if column.name.endswith("_at") else Type.DURATION
    is_number = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
    return Type.NUMBER if is_number else None


def _own(table: EventTable) -> Iterator[FieldFact]:
    for column in table.columns:
        read = column in table.own or column.name in _ENVELOPE
        if read and (type_ := _type(column)) is not None:
            name = _RENAMED.get((table.name, column.name), column.name)
            yield FieldFact(
                name,
                type_,
                column.title,
                table.name,
                column.name,
                column.values,
                _KINDS.get(name, column.kind),
                column.unit,
            )
    yield from _derived(table.name)


def _fields(tables: Mapping[str, EventTable], fact: str) -> dict[str, FieldFact]:
    """Return the fields of a fact, including those of earlier facts of the same call."""
    fields_ = {field_fact.name: field_fact for field_fact in _own(tables[fact])}
    if fact in CALL_FACTS:
        for earlier in CALL_FACTS[: CALL_FACTS.index(fact)]:
            envelope = {column.name for column in tables[earlier].columns} - {c.name for c in tables[earlier].own}
            joined = (field_fact for field_fact in _own(tables[earlier]) if field_fact.column not in envelope)
            fields_ |= {field_fact.name: field_fact for field_fact in joined if field_fact.name not in fields_}
    return fields_


def _facts() -> dict[str, Mapping[str, FieldFact]]:
    tables = {name: table for name, table in all_events().items() if name not in _NO_FACTS}
    plain = {fact: _fields(tables, fact) for fact in tables}
    return {
        fact: MappingProxyType({name: _add_availability(field_fact, plain) for name, field_fact in fields.items()})
        for fact, fields in plain.items()
    }


def _add_availability(field_fact: FieldFact, plain: Mapping[str, Mapping[str, FieldFact]]) -> FieldFact:
    known_facts = tuple(
        fact
        for fact in plain
        if (same_field := plain[fact].get(field_fact.name))
        and (same_field.table, same_field.column) == (field_fact.table, field_fact.column)
    )
    return FieldFact(
        field_fact.name,
        field_fact.type,
        field_fact.title,
        field_fact.table,
        field_fact.column,
        field_fact.values,
        field_fact.kind,
        field_fact.unit,
        known_facts,
    )


#: Fields by name of every fact.
FACTS: Mapping[str, Mapping[str, FieldFact]] = MappingProxyType(_facts())


#: Table and number column in which `profile(x, FIELD)` reads the latest row of a number.
PROFILE_TABLE, PROFILE_KEY = "registration", "number"


def _profile_fields() -> dict[str, FieldFact]:
    fields = {
        name: field_fact
        for name, field_fact in FACTS[PROFILE_TABLE].items()
        if name not in (PROFILE_KEY, *_ENVELOPE) and field_fact.type is not Type.TRUTH
    }
    moment = Words("登记时间", "moment of registration")
    return {"registered_at": FieldFact("registered_at", Type.MOMENT, moment, PROFILE_TABLE, "occurred_at"), **fields}


#: What `profile(x, FIELD)` reads, by name.
PROFILE_FIELDS: Mapping[str, FieldFact] = MappingProxyType(_profile_fields())


def find_alias(word: str, facts: Iterable[str] = (*CALL_FACTS, "message")) -> str:
    """Return the field that a header or title of exports means, "" if none does; of several facts the first's."""
    for fact in facts:
        for name, field_fact in FACTS[fact].items():
            columns = [column for column in all_events()[field_fact.table].columns if column.name == field_fact.column]
            if any(word in (*column.aliases, column.title.zh) for column in columns):
                return name
    return ""


#: Fields that identify a subject reliably, so that a rule may find it; some only if `when` requires `CERTAIN_WHERE`.
CERTAIN = (
    "proven_caller",
    "callee",
    "trunk",
    "received_trunk",
    "sim_card",
    "device",
    "number",
    "received_caller",
    "sender",
    "recipient",
    "host",
    "app",
    "account",
    "outlet",
    "target",
)


#: A port-number text identifies its sender; the own network proves the number of the phone that places a test call.
CERTAIN_WHERE = MappingProxyType({"sender": ("channel", "port_sms"), "received_caller": ("received_ingress", "mobile")})


def subjects(fact: str) -> tuple[str, ...]:
    """Return the subjects that a rule on this fact may find."""
    of_a_call = ("caller_or_trunk", "call") if fact in CALL_FACTS else ()
    return of_a_call + tuple(name for name in CERTAIN if name in FACTS[fact])


def later(fact: str, field: str) -> tuple[str, ...]:
    """Return the later facts of the same call on which a field is known."""
    if fact not in CALL_FACTS:
        return ()
    after = CALL_FACTS[CALL_FACTS.index(fact) + 1 :]
    return tuple(later_fact for later_fact in after if field in FACTS[later_fact])

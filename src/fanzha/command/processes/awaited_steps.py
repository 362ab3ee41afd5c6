"""Conditions that legs and processes wait for a viewer: their state is left by a step that one of his roles may take.

The conditions are databases', so that a count and the list that it counts are made of the same rows. A person may still
be barred from a step by what he did before (`list_offers` says so).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet

from fanzha.command.processes.models import Leg, ProcessInstance, ProcessVersion
from fanzha.command.processes.process_settings import load_processes
from fanzha.command.web.roles import Role, kind_in_table
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.process import Event, Machine, Process
from fanzha.processes.roles import role_table

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler

_UNSCOPED = unscoped("legs of processes that the viewer may read")
#: How long the list of stored versions is kept: a new version is also among the current definitions at once.
_VERSIONS_KEPT_SECONDS = 60
#: Roles that do not work on cases: they get only notifications addressed to them or about steps that wait for them.
_OFF_CASES = frozenset({Role.PRIVACY_OFFICER, Role.ADMINISTRATOR, Role.EDITOR, Role.CERTIFYING_OFFICER})
#: Roles that answer for their organisation: what is urgent for it is urgent for them.
RESPONSIBLE = (Role.DUTY_OFFICER, Role.REVIEWER, Role.LIAISON)


def is_expected(event: Event) -> bool:
    """Return whether somebody is expected to take a step: the main one, or one neither harmful nor seldom needed.

    An appeal is never expected: it is filed when a person brings it.
    """
    return (event.primary or not (event.harmful or event.rare)) and not event.appeal


def waiting_legs(viewer: Viewer) -> Q:
    """Return the condition that a leg to the viewer's organisation waits for a step of one of his roles."""
    mine = _in_states(viewer, "receiver", "instance__process")
    return mine & Q(receiver=viewer.organization, ended_at=None, instance__ended_at=None)


def waiting_instances(viewer: Viewer) -> Q:
    """Return the condition that a process waits for a step of one of the viewer's roles, or one of its legs does."""
    own = _in_states(viewer, "owner", "process") & Q(owner=viewer.organization)
    others = _in_states(viewer, "", "process")
    own_legs = _in_states(viewer, "owner of legs", "instance__process")
    own_legs &= Q(instance__owner=viewer.organization, ended_at=None)
    legs = _UNSCOPED.rows(Leg).filter(waiting_legs(viewer) | own_legs, instance=OuterRef("pk"))
    return Q(ended_at=None) & (own | others | Q(Exists(legs)))


def waits_for(viewer: Viewer) -> Exists:
    """Return the condition that the process of a notification waits for one of the viewer's roles."""
    return Exists(_UNSCOPED.rows(ProcessInstance).filter(waiting_instances(viewer), pk=OuterRef("instance")))


def for_person(viewer: Viewer) -> Q:
    """Return the condition that a notification is for a person.

    It is addressed to the person; about no process; about a process that waits for one of the person's roles; or, if
    the person works on cases, about one that waits for no role of the organisation: its outcome, or the delay of
    another organisation. Finished steps of an own leg are left out. A duty officer also gets all urgent ones that wait
    for any role of the organisation.
    """
    organization, everybody = Q(person=None), viewer._replace(roles=frozenset(Role))
    own_leg, open_to_anybody = _own_leg(), Q(Exists(_own_leg().filter(waiting_legs(everybody))))
    mine = Q(person=viewer.person or 0) & (~Q(Exists(own_leg)) | open_to_anybody)
    mine |= organization & (Q(instance=None) | _waits_still(viewer))
    if not viewer.roles - _OFF_CASES:
        return mine
    anybody = _waits_still(everybody)
    if Role.DUTY_OFFICER in viewer.roles:
        mine |= organization & Q(anybody, urgent=True)
    return mine | organization & ~anybody & ~Q(Exists(own_leg))


def _own_leg() -> QuerySet[Leg]:
    """Return the leg of a notification if its receiver is the notified organisation."""
    rows = _UNSCOPED.rows(Leg)
    return rows.filter(instance=OuterRef("instance"), name=OuterRef("leg"), receiver=OuterRef("owner"))


def _waits_still(viewer: Viewer) -> Q:
    """Return the condition that the process of a notification waits for a role; of an own leg, that this leg does."""
    own_leg = _own_leg()
    return Q(waits_for(viewer)) & (~Q(Exists(own_leg)) | Q(Exists(own_leg.filter(waiting_legs(viewer)))))


class _InStates(Func):
    """Condition that the pair of process name and state of a row is one of the given pairs.

    One condition a process would do the same, but Django needs tens of milliseconds to build those into a query.
    """

    output_field = BooleanField()
    conditional = True

    def __init__(self, process_column: str, pairs: Sequence[tuple[str, str]]) -> None:
        super().__init__(F(process_column), F("state"))
        self.pairs = tuple(pairs)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Return `(process, state) IN (VALUES ...)`, which SQLite and PostgreSQL read alike."""
        columns, params = zip(*map(compiler.compile, self.source_expressions), strict=True)
        values = ", ".join(["(%s, %s)"] * len(self.pairs))
        return f"({', '.join(columns)}) IN (VALUES {values})", [*chain(*params), *chain.from_iterable(self.pairs)]


def _in_states(viewer: Viewer, party: str, process_column: str) -> Q:
    kind = kind_in_table(viewer.kind, viewer.province)
    pairs = _states(_definitions(), party, kind, frozenset(viewer.roles))
    return Q(_InStates(process_column, pairs)) if pairs else Q(pk=None)


class _Definitions:
    """Definitions of processes, compared by their texts: current ones, and versions with which some were opened."""

    def __init__(self, processes: Collection[Process]) -> None:
        self.processes = processes
        self._texts = frozenset(process.text for process in processes)

    def __hash__(self) -> int:
        return hash(self._texts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Definitions) and self._texts == other._texts


def _definitions() -> _Definitions:
    stored = [process for text_hash in _stored_versions() if (process := _stored_process(text_hash)) is not None]
    return _Definitions([*load_processes().values(), *stored])


def _stored_versions() -> list[str]:
    hashes: list[str] | None = cache.get("process-versions")
    if hashes is None:
        hashes = list(ProcessVersion.objects.values_list("text_hash", flat=True))
        cache.set("process-versions", hashes, _VERSIONS_KEPT_SECONDS)
    return hashes


@lru_cache(maxsize=512)
def _stored_process(text_hash: str) -> Process | None:
    row = ProcessVersion.objects.filter(text_hash=text_hash).first()
    return row.process if row else None


@lru_cache(maxsize=512)
def _states(definitions: _Definitions, party: str, kind: str, roles: frozenset[str]) -> Sequence[tuple[str, str]]:
    """Return the pairs of process name and state left by expected steps of roles; `party` "" is a kind by itself.

    States of legs are returned for "receiver" and "owner of legs".
    """
    found: set[tuple[str, str]] = set()
    for process in definitions.processes:
        machine: Machine | None = process.legs if party in ("receiver", "owner of legs") else process
        for event in machine.events.values() if machine else ():
            if is_expected(event) and any(_is_for(who, party.partition(" ")[0], kind, roles) for who in event.who):
                found.update((process.name, state) for state in event.sources)
    return sorted(found)


def _is_for(spec: str, party: str, kind: str, roles: Collection[str]) -> bool:
    named, dot, role = spec.partition(".")
    if not dot or role not in roles:
        return False
    if named in ("owner", "receiver"):
        return named == party
    return not party and kind in role_table().kinds_of(named)

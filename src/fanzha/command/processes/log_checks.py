"""Compare steps, states and effects of processes with the log. Each step is an entry with its evidence.

A personal value is compared with the sealed value of its entry. A value may be missing from a step if its erasure is on
record: of the person, or of the files of the process.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from django.db.models import Exists, Max, OuterRef

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.selectors import (
    RowCheck,
    all_entries,
    decode_commitment_names,
    decode_facts,
    deletions,
    entries_of,
    erasures,
)
from fanzha.command.processes.models import (
    EvidenceUpload,
    Leg,
    OutboxItem,
    ProcessInstance,
    ProcessVersion,
    Step,
    StepFile,
)
from fanzha.command.processes.services import STEP_ENTRY_KIND
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped
from fanzha.store.evidence_files import find_file

_UNSCOPED = unscoped("rows of all organisations are compared with the log")

_CHUNK = 500  # processes
_FILES_ERASED = "biometrics_erased"
_SHA256 = re.compile(r"[0-9a-f]{64}")

_STEPS = Words("流程步骤", "steps of processes")
_CHANGED = Words("流程 {ref} 第 {number} 步的“{name}”被更改", "step {number} of process {ref}: {name} was changed")
_MISSING = Words("流程 {ref} 第 {number} 步缺失", "step {number} of process {ref} is missing")
_ADDED = Words("流程 {ref} 第 {number} 步不在日志中", "step {number} of process {ref} is not on record")
_PROCESS_MISSING = Words("流程 {ref} 缺失", "process {ref} is missing")
_STATE = Words("流程 {ref} 的状态被更改", "the state of process {ref} was changed")
_LEG_STATE = Words("流程 {ref} 分支 {leg} 的状态被更改", "the state of leg {leg} of process {ref} was changed")
_EFFECT = Words(
    "流程 {ref} 的执行事项出自日志中没有的第 {number} 步，日志可能被截断",
    "an effect of process {ref} follows from step {number}, which is not on record: the log may have been cut short",
)
_DELETED = Words("已依留存期限或请求删除的流程", "processes that were deleted after their period or on request")
_NO_FILE = Words(
    "步骤引用、但本机没有的证据文件：请从备份恢复",
    "evidence files that steps name and this machine lacks: restore them from a backup",
)
_ERASED = Words("已删除的个人信息", "personal values that were erased")


class _StepRow(NamedTuple):
    """The columns of a step that its entry records."""

    instance: int
    number: int
    leg: str
    event: str
    before: str
    after: str
    at: Any
    person: str | None
    actor: str
    organization: str | None
    evidence: dict[str, Any]
    personal: dict[str, Any]


class _Process(NamedTuple):
    """A process with its steps by number."""

    pk: int
    ref: str
    name: str
    state: str
    about: str
    leg_start: str  # the state of legs that took no step; "" without legs
    steps: dict[int, _StepRow]


class _Fault(NamedTuple):
    process: int
    place: int | None
    message: Words


def check_rows(check: RowCheck) -> None:
    """Compare all processes with the log, in chunks."""
    after = 0
    rows = _UNSCOPED.rows(ProcessInstance).order_by("pk")
    while chunk := list(rows.filter(pk__gt=after).values_list("pk", flat=True)[:_CHUNK]):
        after = chunk[-1]
        faults, unchecked, steps = _compare(check, chunk)
        if faults:  # a step taken while the rows were read looks like a fault: read these processes again
            faults, *_ = _compare(check, sorted({fault.process for fault in faults}))
        for fault in faults:
            check.report(fault.place, fault.message)
        for words, number in unchecked.items():
            check.unchecked[words] += number
        check.advance(_STEPS, steps)
        if check.is_full:
            return
    check.unchecked[_NO_FILE] += _count_missing_files()
    entries = _entries_without_process()
    while missing := list(islice(entries, _CHUNK)):
        deleted = {ref for ref, _facts in deletions([ref for _place, ref in missing])}
        check.unchecked[_DELETED] += len(deleted)
        for place, ref in missing:
            if ref not in deleted:
                check.report(place, _PROCESS_MISSING.format(ref=ref))


def _count_missing_files() -> int:
    """Return how many uploaded files that steps refer to are not stored."""
    used = StepFile.objects.filter(name=OuterRef("name"))
    uploads = _UNSCOPED.rows(EvidenceUpload).filter(Exists(used)).order_by("name")
    return sum(find_file(name) is None for name in uploads.values_list("name", flat=True).distinct().iterator())


def _entries_without_process() -> Iterator[tuple[int, str]]:
    """Yield the first entry of each process whose row is not there."""
    processes = _UNSCOPED.rows(ProcessInstance).filter(ref=OuterRef("process"))
    entries = all_entries(_UNSCOPED).filter(~Exists(processes), kind=STEP_ENTRY_KIND, step=1)
    return iter(entries.order_by("place").values_list("place", "process"))


def _compare(check: RowCheck, pks: Sequence[int]) -> tuple[list[_Fault], Mapping[Words, int], int]:
    """Return the faults of some processes, what could not be compared, and the number of their steps."""
    processes = _load_processes(pks)
    unchecked: defaultdict[Words, int] = defaultdict(int)
    entries = entries_of("process", [process.ref for process in processes.values()], (STEP_ENTRY_KIND, _FILES_ERASED))
    by_ref: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for entry in entries:
        by_ref[entry[5]].append(entry)
    values = check.personal_values(entry[0] for entry in entries if entry[8] != "{}")
    erased_at = erasures(
        {person for process in processes.values() for person in (process.about, process.ref) if person}
    )
    legs, effects = _leg_states(pks), _last_effects(pks)
    faults: list[_Fault] = []
    for process in processes.values():
        comparison = _Comparison(process, by_ref[process.ref], values, erased_at)
        faults += comparison.step_faults()
        faults += comparison.state_faults(legs[process.pk], effects.get(process.pk, 0))
        for words, number in comparison.unchecked.items():
            unchecked[words] += number
    return faults, unchecked, sum(len(process.steps) for process in processes.values())


def _load_processes(pks: Sequence[int]) -> dict[int, _Process]:
    """Load processes before their steps, so that a concurrent step is missing at most from the state."""
    columns = ("pk", "ref", "process", "state", "about", "version_id")
    rows = list(_UNSCOPED.rows(ProcessInstance).filter(pk__in=in_list(pks)).values_list(*columns))
    versions = ProcessVersion.objects.in_bulk({row[-1] for row in rows})
    starts = {pk: version.process.legs.start if version.process.legs else "" for pk, version in versions.items()}
    processes = {
        pk: _Process(pk, ref, name, state, about, starts[version], {}) for pk, ref, name, state, about, version in rows
    }
    steps = _UNSCOPED.rows(Step).filter(instance__in=in_list(pks)).values_list(
        "instance_id", "number", "leg", "event", "before", "after", "at", "person__ref", "actor", "organization__ref",
        "evidence", "personal",
    )  # fmt: skip
    for step in map(_StepRow._make, steps):
        processes[step.instance].steps[step.number] = step
    return processes


def _leg_states(pks: Sequence[int]) -> Mapping[int, dict[str, str]]:
    states: defaultdict[int, dict[str, str]] = defaultdict(dict)
    legs = _UNSCOPED.rows(Leg).filter(instance__in=in_list(pks))
    for instance, name, state in legs.values_list("instance_id", "name", "state"):
        states[instance][name] = state
    return states


def _last_effects(pks: Sequence[int]) -> dict[int, int]:
    rows = OutboxItem.objects.filter(instance__in=in_list(pks)).values("instance_id").order_by()
    return dict(rows.annotate(last=Max("step")).values_list("instance_id", "last"))


class _Comparison:
    """Compares one process with its entries in order of the log."""

    def __init__(
        self,
        process: _Process,
        entries: Sequence[tuple[Any, ...]],
        values: Mapping[int, dict[str, Any]],
        erased_at: Mapping[str, int],
    ) -> None:
        self._process, self._values = process, values
        self._entries = [(entry, decode_facts(entry[7])) for entry in entries if entry[1] == STEP_ENTRY_KIND]
        self._files_erased = max((entry[0] for entry in entries if entry[1] == _FILES_ERASED), default=0)
        self._erased = max(erased_at.get(process.about, 0), erased_at.get(process.ref, 0))
        self.unchecked: defaultdict[Words, int] = defaultdict(int)

    def step_faults(self) -> Iterator[_Fault]:
        """Yield a fault for each step that is missing, changed or additional."""
        logged = set()
        for entry, facts in self._entries:
            number = facts.get("number", 0)
            logged.add(number)
            step = self._process.steps.get(number)
            if step is None:
                yield self._fault(entry[0], _MISSING, number=number)
                continue
            for name in (
                *_find_changed_columns(self._process, step, entry, facts),
                *self._find_changed_fields(step, entry, facts),
            ):
                yield self._fault(entry[0], _CHANGED, number=number, name=name)
        for number in sorted(self._process.steps.keys() - logged):
            yield self._fault(None, _ADDED, number=number)

    def state_faults(self, leg_states: Mapping[str, str], last_effect: int) -> Iterator[_Fault]:
        """Yield a fault for each state that is not that after the last step, and for effects of later steps."""
        last = {facts.get("leg", ""): (entry[0], facts.get("after")) for entry, facts in self._entries}
        if "" in last and last[""][1] != self._process.state:
            yield self._fault(last[""][0], _STATE)
        for leg, state in leg_states.items():
            place, recorded = last.get(leg, (None, self._process.leg_start))
            if recorded != state:
                yield self._fault(place, _LEG_STATE, leg=leg)
        if last_effect > max((facts.get("number", 0) for _, facts in self._entries), default=0):
            yield self._fault(None, _EFFECT, number=last_effect)

    def _find_changed_fields(self, step: _StepRow, entry: tuple[Any, ...], facts: dict[str, Any]) -> Iterator[str]:
        """Yield the fields of evidence that are not what was recorded."""
        place, public = entry[0], facts.get("evidence", {})
        committed, values = decode_commitment_names(entry[8]), self._values.get(place, {})
        stored = step.evidence | step.personal
        for name in sorted(stored.keys() | public.keys() | committed):
            if (
                name in committed
                and name not in values
                or name in committed
                and name not in stored
                and self._is_erased(place, values[name])
            ):  # the key of its person is destroyed
                self.unchecked[_ERASED] += 1
            elif name not in stored or stored[name] != (values if name in committed else public).get(name, _NOTHING):
                yield name

    def _is_erased(self, place: int, value: Any) -> bool:
        """Return whether the erasure of a value is on record, after the entry at a place."""
        return place < self._erased or (place < self._files_erased and _is_file(value))

    def _fault(self, place: int | None, message: Words, **names: object) -> _Fault:
        return _Fault(self._process.pk, place, message.format(ref=self._process.ref, **names))


_NOTHING = object()  # unequal to every value


def _find_changed_columns(
    process: _Process, step: _StepRow, entry: tuple[Any, ...], facts: dict[str, Any]
) -> Iterator[str]:
    """Yield the columns of a step that are not what was recorded."""
    _place, _kind, at, actor, organization, *_ = entry
    recorded = (facts.get("process"), *(facts.get(name) for name in ("leg", "event", "before", "after")))
    stored = (process.name, step.leg, step.event, step.before, step.after)
    pairs = zip(("process", "leg", "event", "before", "after"), stored, recorded, strict=True)
    yield from (name for name, now, then in pairs if now != then)
    if to_ms(step.at) != at:
        yield "at"
    if (step.person or step.actor) != actor:
        yield "actor"
    if (step.organization or "") != organization:
        yield "organization"


def _is_file(value: Any) -> bool:
    names = value if isinstance(value, list) else [value]
    return bool(names) and all(isinstance(name, str) and _SHA256.fullmatch(name) for name in names)

"""Record what `fanzha deliver` reports of warnings as steps of their dissuasions, each outcome once."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from django.db import OperationalError

from fanzha.command.processes.selectors import find_instances, find_steps
from fanzha.command.processes.services import fire
from fanzha.command.web.discovery import app_modules
from fanzha.command.web.scoping import unscoped
from fanzha.processes.parties import SYSTEM
from fanzha.processes.refusal import Refusal
from fanzha.store.warning_outbox import SPEECH, OutcomeKind, WarningOutcome, open_outbox, outbox_path

log = logging.getLogger(__name__)

_UNSCOPED = unscoped("one worker records the outcomes of all warnings")
_EVENTS = {
    OutcomeKind.SENT: "record_warning_sent",
    OutcomeKind.FAILED: "record_warning_failed",
    OutcomeKind.UNKNOWN: "record_warning_unknown",
    OutcomeKind.DELIVERED: "record_warning_delivered",
    OutcomeKind.UNDELIVERED: "record_warning_undelivered",
}
#: Events that say why; the first ones must.
_WITH_PROBLEM = ("record_warning_failed", "record_warning_unknown", "record_warning_undelivered")


def record_outcomes() -> int:
    """Record the outcomes that wait in the outbox; return how many. An outcome is deleted once its steps are there."""
    if not _has_news():
        return 0
    state = _state_of_files()  # before the outbox is read: an outcome that comes meanwhile changes it
    with open_outbox() as outbox:
        outcomes = outbox.outcomes()
        for outcome in outcomes:
            try:
                _record(outcome)
            except OperationalError:
                raise  # the database is unavailable: the next call continues
            except Exception:  # one outcome must not keep all others waiting; it is tried again
                log.exception("the outcome %s of %s could not be recorded", outcome.kind, outcome.key)
                continue
            outbox.acknowledge(outcome.id)
    if not outcomes:
        _last_files().clear()
        _last_files().update(state)
    return len(outcomes)


def _has_news() -> bool:
    """Return whether the file of the outbox changed since it held no outcome: polling must cost next to nothing."""
    state = _state_of_files()
    return bool(state) and state != _last_files()


@cache
def _last_files() -> dict[str, tuple[int, int]]:
    return {}


def _state_of_files() -> dict[str, tuple[int, int]]:
    """Return size and time of the outbox and its log, {} if there is none."""
    path = outbox_path()
    files = (path, path.with_name(f"{path.name}-wal"))
    stats = {str(file): file.stat() for file in files if file.exists()}
    return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in stats.items()}


def _record(outcome: WarningOutcome) -> None:
    ref = outcome.key.partition("/")[0]
    instance = find_instances(_UNSCOPED).filter(ref=ref, ended_at=None).first()
    if instance is None:  # the dissuasion has ended since, or the warning is of another app
        for hooks in app_modules("outcome_hooks"):
            hooks.record_outcome(outcome)
        return
    steps = find_steps(_UNSCOPED).filter(instance=instance, leg="")
    for event, evidence in describe_outcome(outcome):
        if steps.filter(event=event, evidence__reference=outcome.key).exists():
            continue  # recorded by a worker that was killed before it could delete the outcome
        try:
            fire(ref, event, SYSTEM, {**evidence, "reference": outcome.key})
        except Refusal as refusal:  # ended meanwhile, or begun by an older version of the process
            log.info("the outcome of %s is not recorded: %s", outcome.key, refusal)


def describe_outcome(outcome: WarningOutcome) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the events of an outcome with their evidence."""
    details = outcome.details
    if outcome.kind is not OutcomeKind.CALLED:
        event = _EVENTS[outcome.kind]
        evidence: dict[str, Any] = {"channel": outcome.channel}
        if event == "record_warning_sent":
            evidence["script"] = outcome.wording
        if event in _WITH_PROBLEM and (problem := details.get("problem", "")):
            evidence["problem"] = problem[:300]
        yield event, evidence
        return
    ring_seconds = int(details.get("ring_seconds", 0))
    if details.get("result") != "answered":
        yield "record_voice_unanswered", {"result": details.get("result"), "ring_seconds": ring_seconds}
        return
    yield (
        "record_voice_answered",
        {
            "ring_seconds": ring_seconds,
            "listened_seconds": int(details.get("listened_seconds", 0)),
            **({"script": outcome.wording} if _is_wording_played(outcome) else {}),
        },
    )
    if details.get("call_back"):
        yield "record_call_back_request", {}


def _is_wording_played(outcome: WarningOutcome) -> bool:
    """Return whether the person heard the wording itself: its own recording or its words, not a more general one."""
    prompt = outcome.details.get("prompt", "")
    return bool(outcome.wording) and prompt in (SPEECH, outcome.wording.replace("/", "-"))

"""Read the drafting event of `order.yaml`: the fields that people give, and the choices of kinds and actions.

Form, API schema and stored evidence of a draft all come from these fields. Only the targets are treated apart: the form
and the API take them in any form, and `services.create_draft` turns them into the `subjects` of the evidence.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import msgspec

from fanzha.command.orders.order_summary import PROCESS
from fanzha.command.orders.targets import ACTION_FIELDS, MIXED, find_action, parse_draft
from fanzha.command.processes.selectors import load_processes
from fanzha.processes.evidence import EvidenceField
from fanzha.processes.process import Process

MAX_DURATION = timedelta(days=365)
DEFAULT_DURATION = timedelta(days=30)
EVENT = "draft"
RECEIVERS = "receivers"
#: The fields that the service computes from the targets.
COMPUTED_FIELDS = frozenset({"hits", "spared"})
#: The fields that name the targets and what is to be done with them.
TARGET_FIELDS = frozenset({"target_kind", "action", "subjects", *ACTION_FIELDS.values()})


def draft_fields(process: Process | None = None) -> dict[str, EvidenceField]:
    """Return the fields of a draft that people give, as the process (default: the present one) defines them.

    Receivers need not be given: those who hold the targets are proposed then.
    """
    fields = (process or load_processes()[PROCESS]).events[EVENT].evidence
    given = {name: field for name, field in fields.items() if name not in COMPUTED_FIELDS}
    return given | {RECEIVERS: msgspec.structs.replace(given[RECEIVERS], required=False)}


def draft_choices(target_kind: str, action: str, actions: Mapping[str, str]) -> dict[str, str]:
    """Return the evidence that names the kind of the targets and what is to be done with them.

    `actions` are those of each kind if the targets are of several kinds, `action` is that of one kind.
    """
    if target_kind != MIXED:
        return {"target_kind": target_kind, "action": action}
    chosen = {field: actions[kind] for kind, field in ACTION_FIELDS.items() if actions.get(kind)}
    return {"target_kind": target_kind, **chosen}


def simplify_draft(evidence: Mapping[str, Any], values: Iterable[str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return a draft of several kinds as one of one kind if its values are of one; others are returned as they are."""
    written = tuple(values)
    if evidence.get("target_kind") != MIXED:
        return dict(evidence), written
    parsed = parse_draft(evidence, written)
    kinds = parsed.list_kinds()
    action = str(evidence.get(ACTION_FIELDS[kinds[0]], "")) if len(kinds) == 1 else ""
    if parsed.wrong or not action or find_action(kinds[0], action) is None:
        return dict(evidence), written
    others = {name: value for name, value in evidence.items() if name not in TARGET_FIELDS}
    return {**others, "target_kind": kinds[0], "action": action}, tuple(target.value for target in parsed.targets)

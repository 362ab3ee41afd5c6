"""Map the choices of a draft to the actions that channels carry, and parse target values.

A draft of one kind of target has the choices `target_kind` and `action`. A draft of several kinds has the target kind
`mixed`, one action for each kind in `KIND_action`, and writes the kind before each value: `site:shop.example`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.command.subjects.selectors import mask_value
from fanzha.dispose import ACTION_SPECS, Action, Target
from fanzha.kinds import all_kinds

#: (kind of target, action) of `order.yaml` -> action, and the kinds of subject that it may be of.
DRAFT_ACTIONS: dict[tuple[str, str], tuple[Action, tuple[str, ...]]] = {
    ("number", "label"): (Action.LABEL, ("phone_number", "short_code")),
    ("number", "withhold"): (Action.WITHHOLD, ("phone_number", "short_code")),
    ("number", "refuse"): (Action.REFUSE, ("phone_number", "short_code")),
    ("number", "limit"): (Action.LIMIT_OUTGOING, ("phone_number",)),
    ("line", "suspend"): (Action.STOP_LINE, ("trunk",)),
    ("sender", "suspend"): (Action.STOP_SENDING, ("short_code", "phone_number")),
    ("site", "refuse"): (Action.BLOCK_ACCESS, ("website", "host")),
    ("site", "take_down"): (Action.TAKE_DOWN, ("website", "host")),
    ("app", "take_down"): (Action.REMOVE_APP, ("app",)),
    ("account", "limit"): (Action.LIMIT_ACCOUNT, ("account",)),
    ("account", "suspend"): (Action.CLOSE_ACCOUNT, ("account",)),
    ("payment", "hold"): (Action.STOP_PAYMENT, ("payment_account",)),
}

#: Kinds of subject -> the choice of a draft.
TARGET_KINDS = {kind: choice for (choice, _), (_, kinds) in reversed(DRAFT_ACTIONS.items()) for kind in kinds}

#: Action -> the choice of a draft that it is for.
KIND_OF_ACTION = {action: choice for (choice, _), (action, _) in DRAFT_ACTIONS.items()}

#: The choice of a draft whose targets are of several kinds.
MIXED = "mixed"
#: Kinds of target in the sequence of `order.yaml`, with the evidence field of their action in a mixed draft.
ACTION_FIELDS = {kind: f"{kind}_action" for kind, _ in DRAFT_ACTIONS}

NO_SUCH_ACTION = Words("该措施不适用于这类对象", "this action is not possible for this kind of target")
NO_ACTION = Words("请为这类对象选择措施", "choose what is to be done with this kind of target")
UNKNOWN_KIND = Words(
    "无法判断类型，请在前面注明，例如 line:中继名称",
    "the kind is not clear: write it before the value, for example line:NAME",
)
#: Least likeness (0-1) at which the kind of a written value is recognised; names of lines look like any word.
_LEAST_LIKENESS = 0.1


class ParsedTargets(NamedTuple):
    """Parsed values: targets with their kind in the draft and action, and the reason for each that is no target.

    A target has no action if its draft chooses none for its kind.
    """

    targets: tuple[Target, ...]
    wrong: tuple[tuple[str, str], ...]
    kinds: Mapping[Target, str] = {}
    actions: Mapping[Target, Action] = {}

    def list_kinds(self) -> list[str]:
        """Return the kinds of target that occur, in the sequence of the process definition."""
        present = set(self.kinds.values())
        return [kind for kind in ACTION_FIELDS if kind in present]


def find_action(target_kind: str, action: str) -> Action | None:
    """Return the action of a draft, None if there is none."""
    choice = DRAFT_ACTIONS.get((target_kind, action))
    return choice[0] if choice else None


def may_receive(action: Action, kind: str) -> bool:
    """Return whether the law permits organisations of a kind to execute an action."""
    return kind in ACTION_SPECS[action].by


def list_actions(target_kind: str) -> list[str]:
    """Return the actions for a kind of target, the mildest first."""
    return [action for kind, action in DRAFT_ACTIONS if kind == target_kind]


def chosen_actions(evidence: Mapping[str, Any]) -> dict[str, str]:
    """Return the action (a choice of the process) of each kind of target that the evidence of a draft names."""
    target_kind = str(evidence.get("target_kind", ""))
    if target_kind != MIXED:
        return {target_kind: str(evidence.get("action", ""))}
    return {kind: str(evidence[field]) for kind, field in ACTION_FIELDS.items() if evidence.get(field)}


def parse_draft(evidence: Mapping[str, Any], values: Iterable[str] | None = None) -> ParsedTargets:
    """Parse `values` (default: the subjects) by the choices of a draft, which may have missing or wrong fields."""
    subjects = evidence.get("subjects", ()) if values is None else tuple(values)
    texts = [
        text for text in (subjects if isinstance(subjects, list | tuple) else (subjects,)) if isinstance(text, str)
    ]
    actions = chosen_actions(evidence)
    if evidence.get("target_kind") == MIXED:
        return _parse_mixed(actions, texts)
    ((target_kind, action),) = actions.items()
    return parse_targets(target_kind, action, texts)


def parse_targets(target_kind: str, action: str, values: Iterable[str]) -> ParsedTargets:
    """Parse values of one kind to targets in canonical form, without duplicates."""
    ordered, kinds = DRAFT_ACTIONS.get((target_kind, action), (None, ()))
    targets: dict[Target, None] = {}
    wrong = []
    for value in values:
        parsed = _parse_target(kinds, value)
        if isinstance(parsed, Target):
            targets[parsed] = None
        else:
            wrong.append((value, parsed))
    kinds_by_target = dict.fromkeys(targets, target_kind)
    return ParsedTargets(
        tuple(targets), tuple(wrong), kinds_by_target, dict.fromkeys(targets, ordered) if ordered else {}
    )


def qualify(target: Target, target_kind: str) -> str:
    """Return a target as a mixed draft names it: with its kind of subject, or as a sender, before its value."""
    prefix = target.kind if TARGET_KINDS.get(target.kind) == target_kind else target_kind
    return f"{prefix}:{target.value}"


def _parse_mixed(actions: Mapping[str, str], values: Iterable[str]) -> ParsedTargets:
    """Parse values of several kinds; a value without its kind before it is of the kind that it resembles most."""
    kinds: dict[Target, str] = {}
    ordered: dict[Target, Action] = {}
    wrong = []
    for text in values:
        target_kind, subject_kinds, value = _recognize(text)
        chosen = DRAFT_ACTIONS.get((target_kind, actions.get(target_kind, "")))
        allowed = tuple(kind for kind in subject_kinds if chosen is None or kind in chosen[1])
        parsed = _parse_target(allowed, value) if target_kind else UNKNOWN_KIND.en
        if not isinstance(parsed, Target):
            wrong.append((text, parsed))
        elif parsed not in kinds:
            kinds[parsed] = target_kind
            if chosen:
                ordered[parsed] = chosen[0]
    return ParsedTargets(tuple(kinds), tuple(wrong), kinds, ordered)


def _recognize(text: str) -> tuple[str, tuple[str, ...], str]:
    """Return the kind of target of a written value ("" if unknown), its possible kinds of subject, and the value."""
    prefix, colon, value = text.partition(":")
    name = prefix.strip().lower()
    if colon and name in ACTION_FIELDS:
        kinds = dict.fromkeys(
            kind for (choice, _), (_, kinds) in DRAFT_ACTIONS.items() for kind in kinds if choice == name
        )
        return name, tuple(kinds), value
    if colon and name in TARGET_KINDS:
        return TARGET_KINDS[name], (name,), value
    scores = {kind: all_kinds()[kind].resembles(text) for kind in TARGET_KINDS}
    best = max(scores, key=lambda kind: scores[kind])
    return (TARGET_KINDS[best], (best,), text) if scores[best] >= _LEAST_LIKENESS else ("", (), text)


def order_title(targets: Sequence[Target]) -> str:
    """Return the title of an order: its first target, masked, and the number of further targets."""
    first = targets[0]
    suffix = f" +{len(targets) - 1}" if len(targets) > 1 else ""
    return f"{mask_value(first.kind, first.value)}{suffix}"[:200]


def _parse_target(kinds: tuple[str, ...], value: str) -> Target | str:
    """Return the target of a value, or the reason why it is not a target."""
    why = ""
    for kind in kinds:
        try:
            return Target(kind, all_kinds()[kind].normalise(value))
        except Malformed as error:
            why = error.reason
    return why or NO_SUCH_ACTION.en

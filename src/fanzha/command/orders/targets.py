"""Map the two choices of a draft to the action that channels carry, and parse target values."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.command.subjects.selectors import mask_value
from fanzha.dispose import Action, Target
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

NO_SUCH_ACTION = Words("该措施不适用于这类对象", "this action is not for this kind of target")


class ParsedTargets(NamedTuple):
    """Parsed values: targets, and for each value that is not a target the reason."""

    targets: tuple[Target, ...]
    wrong: tuple[tuple[str, str], ...]


def find_action(target_kind: str, action: str) -> Action | None:
    """Return the action of a draft, None if there is none."""
    choice = DRAFT_ACTIONS.get((target_kind, action))
    return choice[0] if choice else None


def list_actions(target_kind: str) -> list[str]:
    """Return the actions for a kind of target."""
    return [action for kind, action in DRAFT_ACTIONS if kind == target_kind]


def parse_targets(target_kind: str, action: str, values: Iterable[str]) -> ParsedTargets:
    """Parse values to targets in canonical form, without duplicates."""
    kinds = DRAFT_ACTIONS.get((target_kind, action), (None, ()))[1]
    targets: dict[Target, None] = {}
    wrong = []
    for value in values:
        parsed = _parse_target(kinds, value)
        if isinstance(parsed, Target):
            targets[parsed] = None
        else:
            wrong.append((value, parsed))
    return ParsedTargets(tuple(targets), tuple(wrong))


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

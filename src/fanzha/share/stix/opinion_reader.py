"""Read opinions on our objects: those of STIX 2.1 (§4.14), with the labels of ThreatExchange where there are some.

`labels` may have a status (`malicious`, `suspicious`, `non_malicious`), a precision (`precision:low`) and reactions
(`reaction:saw_this_too`). Who is neutral, or only asks for more, says nothing about the subject.
"""

from collections.abc import Mapping
from typing import Any

from fanzha.claims.verdict import Level
from fanzha.share.items import RejectReason
from fanzha.share.opinions import ReceivedReaction
from fanzha.share.stix.frame import RejectedObject, read_frame, read_text

#: What an opinion is sure of, by its agreement; the sign says whether it agrees. A denial weighs less than a statement:
#: who looked at another page, or was shown another one, denies in good faith.
_AGREEMENTS = {"strongly-agree": 0.8, "agree": 0.5, "disagree": -0.3, "strongly-disagree": -0.5}
_REACTIONS = {"helpful": "agree", "saw_this_too": "agree", "outdated": "disagree"}
_STATUSES = {"malicious": Level.SUSPECTED, "suspicious": Level.WATCH, "non_malicious": Level.CLEAR}
#: How a low precision of its author weakens an opinion.
_LOW = 0.5
MOST_REFS = 50
_MAX_TEXT = 300


def read_opinion(entry: Mapping[str, Any]) -> ReceivedReaction:
    """Return what an object of the type `opinion` says. Raise RejectedObject, or what Python raises for other forms."""
    frame = read_frame(entry)
    labels = [label.lower() for label in entry.get("labels") or () if isinstance(label, str)]
    reactions = (_REACTIONS.get(label.removeprefix("reaction:")) for label in labels if label.startswith("reaction:"))
    agreement = str(entry.get("opinion") or next((name for name in reactions if name), ""))
    weight = _AGREEMENTS.get(agreement)
    if weight is None and not frame.is_withdrawn:
        raise RejectedObject(RejectReason.NO_OPINION)
    status = next((_STATUSES[label] for label in labels if label in _STATUSES), None)
    level = status if status is not None else Level.CLEAR if (weight or 0) < 0 else None
    refs = tuple(ref for ref in entry["object_refs"] if isinstance(ref, str) and len(ref) <= 120)[:MOST_REFS]
    return ReceivedReaction(
        object_id=frame.object_id,
        about=refs,
        level=level,
        confidence=abs(weight or 0) * (_LOW if "precision:low" in labels else 1),
        explanation=read_text(entry.get("explanation"), _MAX_TEXT),
        modified_at=frame.modified_at,
        marking=frame.marking,
        is_withdrawn=frame.is_withdrawn,
    )

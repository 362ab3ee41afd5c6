"""What a detector is called on a page: its own title in the reader's language; of one that is not here, its name."""

from collections.abc import Mapping
from functools import cache

from fanzha.base.words import Words
from fanzha.command.flows.evidence_form import said


def detector_words(name: str) -> str:
    """Return the title of a detector; names of others' detectors, and of rules an operator wrote, are told as such."""
    words = _titles().get(name.replace("_", "-"))
    return said(words) if words else name.replace("_", " ").replace("-", " ")


@cache
def _titles() -> Mapping[str, Words]:
    from fanzha.detect import all_detectors  # takes a moment: not before somebody reads of a finding

    return {name.replace("_", "-"): one.title for name, one in all_detectors().items()}

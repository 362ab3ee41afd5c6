"""How much a tag counts: the tagger's past precision, independence from other tags, and age.

- A tagger counts as its precision is known: (confirmed + 1) / (confirmed + refuted + 4), so that a new one counts 1/4,
  one with ten tags confirmed 11/14, and one with ten refuted 1/14.
- Tags of one address block, or with one text, are one voice: the best of them counts. All without a text are one.
- One organisation that sends tags in bulk is at most `VOICES_PER_SENDER` voices of new or bad taggers, all its taggers
  together weigh at most `WEIGHT_PER_SENDER`, and it is one source.
- In one hour at most `VOICES_PER_HOUR` voices of new or bad taggers count for a value: a crowd that comes at once is
  no more than a few.
- A voice is worth half after `HALF_LIFE_DAYS`.

A value is shown once its voices weigh `SHOW_WEIGHT`, there are `SHOW_VOICES` of them, and they come from
`SHOW_SOURCES` sources that know nothing of each other, or one of them was verified.
"""

import math
from collections.abc import Iterable
from typing import NamedTuple

HALF_LIFE_DAYS = 90
VOICES_PER_HOUR = 2
VOICES_PER_SENDER = 4
WEIGHT_PER_SENDER = 2.0
SHOW_WEIGHT = 3.0
SHOW_VOICES = 3
SHOW_SOURCES = 2
#: A tagger with at least this weight is not limited by the hour.
PROVEN_WEIGHT = 0.5
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


class TagVote(NamedTuple):
    """One tag as it is weighed: when (UTC ms), its tagger's record, and what makes it one voice with others.

    `sender` is the organisation that sent it in bulk, "" if this site took it from the tagger itself. `is_verified`:
    its report was checked and confirmed.
    """

    at: int
    confirmed: int
    refuted: int
    block: str
    text: str
    sender: str = ""
    is_verified: bool = False


class TagWeight(NamedTuple):
    """What the tags of a value weigh now, how many independent voices they are, and of how many sources."""

    weight: float
    voices: int
    tags: int
    sources: int
    is_verified: bool

    @property
    def is_shown(self) -> bool:
        """Return whether the tags are enough to be shown to the public."""
        is_backed = self.is_verified or self.sources >= SHOW_SOURCES
        return is_backed and self.weight >= SHOW_WEIGHT and self.voices >= SHOW_VOICES

    @property
    def days_shown(self) -> float:
        """Return for how many days from now the tags weigh enough, if none is added."""
        return HALF_LIFE_DAYS * math.log2(self.weight / SHOW_WEIGHT) if self.is_shown else 0.0


def tagger_weight(confirmed: int, refuted: int) -> float:
    """Return the weight of a tagger with so many tags confirmed and refuted: 0 to 1."""
    return (confirmed + 1) / (confirmed + refuted + 4)


def weigh_tags(votes: Iterable[TagVote], now: int) -> TagWeight:
    """Return what tags of one value and category weigh at a moment (UTC ms). The order of the tags does not matter."""
    ordered = sorted(votes, key=lambda vote: (-tagger_weight(vote.confirmed, vote.refuted), vote.at, vote.block))
    blocks: set[str] = set()
    texts: set[str] = set()
    per_hour: dict[int, int] = {}
    senders: dict[str, int] = {}
    weights: dict[str, float] = {}
    voices, is_verified = 0, False
    for vote in ordered:
        own = tagger_weight(vote.confirmed, vote.refuted)
        if vote.block in blocks or vote.text in texts:
            continue
        if own < PROVEN_WEIGHT:
            hour = vote.at // HOUR_MS
            if per_hour.get(hour, 0) >= VOICES_PER_HOUR or senders.get(vote.sender, 0) >= VOICES_PER_SENDER:
                continue
            if vote.sender:
                senders[vote.sender] = senders.get(vote.sender, 0) + 1
            per_hour[hour] = per_hour.get(hour, 0) + 1
        blocks.add(vote.block)
        texts.add(vote.text)
        voices += 1
        is_verified = is_verified or vote.is_verified
        source = f"sender {vote.sender}" if vote.sender else f"block {vote.block}"
        weights[source] = weights.get(source, 0.0) + own * 0.5 ** (max(0, now - vote.at) / DAY_MS / HALF_LIFE_DAYS)
    most = math.inf if is_verified else WEIGHT_PER_SENDER
    weight = sum(min(part, most) for part in weights.values())
    return TagWeight(weight, voices, len(ordered), len(weights), is_verified)

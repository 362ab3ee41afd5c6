"""How much a tag counts: the tagger's past precision, independence from other tags, and age.

- A tagger counts as its precision is known: (confirmed + 1) / (confirmed + refuted + 4), so that a new one counts 1/4,
  one with ten tags confirmed 11/14, and one with ten refuted 1/14.
- Tags of one address block, or with one text, are one voice: the best of them counts. All without a text are one.
- One organisation that sends tags of its users is at most `VOICES_PER_SENDER` voices of new or bad taggers.
- In one hour at most `VOICES_PER_HOUR` voices of new or bad taggers count for a value: a crowd that comes at once is
  no more than a few.
- A voice is worth half after `HALF_LIFE_DAYS`.

A value is shown once its voices weigh `SHOW_WEIGHT` and there are `SHOW_VOICES` of them.
"""

from collections.abc import Iterable
from typing import NamedTuple

HALF_LIFE_DAYS = 90
VOICES_PER_HOUR = 2
VOICES_PER_SENDER = 4
SHOW_WEIGHT = 3.0
SHOW_VOICES = 3
#: A tagger with at least this weight is not limited by the hour.
PROVEN_WEIGHT = 0.5
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


class TagVote(NamedTuple):
    """One tag as it is weighed: when (UTC ms), its tagger's record, and what makes it one voice with others.

    `sender` is the organisation whose program sent it, "" if this site took it from the tagger itself.
    """

    at: int
    confirmed: int
    refuted: int
    block: str
    text: str
    sender: str = ""


class TagWeight(NamedTuple):
    """What the tags of a value weigh now, and how many independent voices they are."""

    weight: float
    voices: int
    tags: int

    @property
    def is_shown(self) -> bool:
        """Return whether the tags are enough to be shown to the public."""
        return self.weight >= SHOW_WEIGHT and self.voices >= SHOW_VOICES


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
    weight, voices = 0.0, 0
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
        weight += own * 0.5 ** (max(0, now - vote.at) / DAY_MS / HALF_LIFE_DAYS)
    return TagWeight(weight, voices, len(ordered))

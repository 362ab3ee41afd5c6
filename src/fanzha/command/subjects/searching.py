"""Find subjects by what somebody wrote: a number, link, app, account or paper in any form, its beginning, or a case.

Whole values are looked up by the digest of kind and canonical value (of a person, of the keyed hash alone); beginnings,
of numbers and hosts only, in an index of these. Both cost the same with a thousand subjects as with millions.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from fanzha.base.errors import Malformed
from fanzha.command.campaigns.models import Campaign
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.subjects.kept_values import PERSON, Kept, kept
from fanzha.command.subjects.models import PoliceCase, Subject
from fanzha.command.subjects.models.subject import WITH_PREFIX
from fanzha.kinds import all_kinds

MOST = 50
LONGEST = 400
#: So much of a number or host must be there: at most a thousand mobile numbers begin so, and each is asked for quickly.
_FEWEST_DIGITS, _FEWEST_CHARACTERS = 8, 4
_NUMBER = re.compile(r"\+?[\d\s\-().]+")
_HOST = re.compile(r"[a-z0-9][a-z0-9.\-]*")
_REF = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


@dataclass(frozen=True)
class Found:
    """What was found; `understood` are the values that the text may be, as they are kept."""

    subjects: list[Subject]
    understood: list[Kept]
    campaign: Campaign | None = None
    process: ProcessInstance | None = None

    @property
    def only(self) -> Subject | None:
        """Return the subject when nothing else was found."""
        alone = len(self.subjects) == 1 and self.campaign is None and self.process is None
        return self.subjects[0] if alone else None


def search(written: str) -> Found:
    """Return what the present viewer may read of what was written."""
    text = written.strip()[:LONGEST]
    if not text:
        return Found([], [])
    if _REF.fullmatch(text.upper()):
        return _by_ref(text.upper())
    values = list(understood(text))
    found = list(Subject.objects.filter(thing__in=[one.thing for one in values]).order_by("-pk")[:MOST])
    found = found or _of_case(text) or _beginning(text)
    return Found(found, values)


def understood(text: str) -> Iterator[Kept]:
    """Yield what a text may be: of each kind that takes it, the value as it is kept."""
    for kind in (*_likely(text), "sender"):
        try:
            yield kept(kind, text)
        except Malformed:
            continue


def likeness(text: str) -> tuple[str, float]:
    """Return the kind that a text looks most like, and how much (0–1)."""
    scores = {name: kind.resembles(text) for name, kind in all_kinds().items()}
    best = max(scores, key=lambda name: scores[name])
    return best, scores[best]


def _likely(text: str) -> list[str]:
    """Return the kinds that a text looks like, the likeliest first; of papers only what is one beyond doubt."""
    scores = {name: kind.resembles(text) for name, kind in all_kinds().items()}
    least = {PERSON: 0.5}
    likely = [name for name, score in scores.items() if score > least.get(name, 0.0)]
    return sorted(likely, key=lambda name: -scores[name])


def _by_ref(ref: str) -> Found:
    return Found(
        subjects=list(Subject.objects.filter(ref=ref)),
        understood=[],
        campaign=Campaign.objects.filter(ref=ref).first(),
        process=ProcessInstance.objects.filter(ref=ref).first(),
    )


def _of_case(text: str) -> list[Subject]:
    """Return the subjects of a police case."""
    keys = list(PoliceCase.objects.filter(reference=text).values_list("subject", flat=True)[:MOST])
    return list(Subject.objects.filter(pk__in=keys)) if keys else []


def _beginning(text: str) -> list[Subject]:
    wanted = Q()
    for beginning in _beginnings(text):
        wanted |= _starts(beginning)
    if not wanted:
        return []
    return list(Subject.objects.filter(wanted, kind__in=WITH_PREFIX).order_by("value", "pk")[:MOST])


def _starts(beginning: str) -> Q:
    """Return the condition that the index answers: SQLite takes a range where PostgreSQL takes LIKE."""
    if connection.vendor == "postgresql":
        return Q(value__startswith=beginning)
    return Q(value__gte=beginning, value__lt=beginning + "\U0010ffff")


def _beginnings(text: str) -> Iterator[str]:
    """Yield how canonical values begin that begin as it is written here."""
    if _NUMBER.fullmatch(text):
        digits = re.sub(r"\D", "", text)
        national = re.sub(r"^(00)?86|^0", "", digits)
        if len(national) < _FEWEST_DIGITS:
            return
        yield digits
        yield f"+{digits.removeprefix('00')}"
        if not text.startswith(("+", "00")):
            yield f"+86{national}"
        return
    host = text.lower()
    if len(host) >= _FEWEST_CHARACTERS and _HOST.fullmatch(host):
        yield host

"""Which words a person is warned with: the version in use, one of a running trial, or the shipped default."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from fanzha.base.words import Words
from fanzha.command.warnings.models import TrialArm, TrialState, Wording
from fanzha.command.web.scoping import unscoped
from fanzha.store.keys import load_key
from fanzha.warn import find_call_script

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_UNSCOPED = unscoped("a worker warns the people of all organisations")
_KEY = "warning-trials"
_RUNNING = (TrialState.RUNNING, TrialState.ENDING)


class ChosenWording(NamedTuple):
    """The words of one warning and the name of their version, as the steps of a dissuasion record it."""

    words: Words
    version: str


def wording_for(fraud_type: str, channel: str, person_key: str, *, owner: Organization | None = None) -> ChosenWording:
    """Return the words with which an organisation warns a person, and their version. There are always words.

    `person_key` is any stable text that identifies the person; the same one gets the same wording as long as a trial
    runs. "" takes part in no trial. Without an owner the words are the shipped ones.
    """
    if owner is None:
        return shipped_wording(fraud_type, channel)
    if person_key and (arms := _running_arms(owner, fraud_type, channel)):
        return _chosen(draw_arm(arms, person_key).wording)
    wording = find_in_use(owner, fraud_type, channel)
    return shipped_wording(fraud_type, channel) if wording is None else _chosen(wording)


def find_in_use(owner: Organization, fraud_type: str, channel: str) -> Wording | None:
    """Return the organisation's own version in use, None if it uses the shipped words."""
    rows = _UNSCOPED.rows(Wording).filter(owner=owner, fraud_type=fraud_type, channel=channel, in_use=True)
    return rows.first()


def shipped_wording(fraud_type: str, channel: str) -> ChosenWording:
    """Return the shipped words of a fraud type, or the general ones: for a voice call and a mail with what to do."""
    script = find_call_script(fraud_type)
    if channel in ("flash_sms", "app"):
        return ChosenWording(script.flash, script.name)
    if channel == "text":
        return ChosenWording(script.text, script.name)
    zh = f"{script.text.zh.rstrip('。')}。{script.now.zh}"
    en = f"{script.text.en.rstrip('.')}. {script.now.en}"
    return ChosenWording(Words(zh, en), script.name)


def draw_arm(arms: Sequence[TrialArm], person_key: str) -> TrialArm:
    """Return the arm of a person, by a keyed hash of trial and person. A halted arm passes its people to the others."""
    key, trial = load_key(_KEY), arms[0].trial_id

    def draw(arm: TrialArm) -> bytes:
        return blake2b(f"{trial}\0{person_key}\0{arm.pk}".encode(), key=key, digest_size=8).digest()

    return max(arms, key=draw)


def _running_arms(owner: Organization, fraud_type: str, channel: str) -> list[TrialArm]:
    rows = TrialArm.objects.filter(
        trial__owner=owner,
        trial__fraud_type=fraud_type,
        trial__channel=channel,
        trial__state__in=_RUNNING,
        halted_at=None,
    )
    return list(rows.select_related("wording").order_by("pk"))


def _chosen(wording: Wording) -> ChosenWording:
    return ChosenWording(Words(wording.zh, wording.en), wording.version)

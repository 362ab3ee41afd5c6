"""Trials of wordings against each other: begin and end them by two people, halt an arm that does harm, and measure.

Everybody in a trial is warned. A person keeps one wording (`selectors.draw_arm`), and a dissuasion counts for the
wording that was sent first. Shares have Wilson's interval, differences Newcombe's (1998, method 10).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.processes.selectors import find_steps
from fanzha.command.warnings.models import (
    TrialArm,
    TrialMeasure,
    TrialState,
    Wording,
    WordingState,
    WordingTrial,
)
from fanzha.command.web.discovery import app_modules
from fanzha.command.web.scoping import unscoped
from fanzha.learn.intervals import Interval, wilson_interval
from fanzha.processes.log.entry import Draft
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization, Person
    from fanzha.command.processes.models import ProcessInstance

_UNSCOPED = unscoped("a trial is measured for its organisation by a worker")

#: An arm, or a difference, with fewer people has no figures.
LEAST = 30
MOST_ARMS = 4
LONGEST = timedelta(days=366)
#: An arm is halted while a trial runs only on stronger evidence, because it is looked at again and again.
HALTING_LEVEL = 0.99
#: A contact has ended within 24 hours if the person is not found in contact in the two days that follow.
ENDED_WITHIN, WATCHED_UNTIL = timedelta(hours=24), timedelta(hours=72)
_RUNNING = (TrialState.RUNNING, TrialState.ENDING)
#: Final states of a dissuasion that tell nothing of a warning.
_NO_VICTIM = "no_fraud"


class ArmShare(NamedTuple):
    """How many of `n` people; `share` and `interval` are None below LEAST."""

    part: int
    n: int

    @property
    def share(self) -> float | None:
        """The share, None if there are too few people to say it."""
        return self.part / self.n if self.n >= LEAST else None

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval of Wilson."""
        return wilson_interval(self.part / self.n, self.n) if self.n >= LEAST else None


class ArmDifference(NamedTuple):
    """The difference of two shares with its interval."""

    value: float
    low: float
    high: float


class ArmResult(NamedTuple):
    """The results of the people who got one wording. `difference` is against the first arm."""

    arm: TrialArm
    warned: int
    measured: ArmShare
    loss: ArmShare
    difference: ArmDifference | None


class _Warned(NamedTuple):
    instance: ProcessInstance
    at: datetime


def propose_trial(
    owner: Organization, wordings: Sequence[Wording], measure: TrialMeasure, plan: str, until: datetime, person: Person
) -> WordingTrial:
    """Declare a trial: its wordings, what is measured and what is expected. A second person begins it."""
    now, first = timezone.now(), wordings[0] if wordings else None
    same = {(wording.owner_id, wording.fraud_type, wording.channel) for wording in wordings}
    wrong: dict[str, Words] = {}
    if first is None or len({wording.pk for wording in wordings}) != len(wordings) or len(same) != 1:
        wrong["wordings"] = Words("请选择同一类型、同一渠道的版本", "choose versions of one fraud type and channel")
    elif first.owner_id != owner.pk or any(wording.state != WordingState.APPROVED for wording in wordings):
        wrong["wordings"] = Words("各版本均须已批准", "each version must be approved")
    elif not 2 <= len(wordings) <= MOST_ARMS:
        wrong["wordings"] = Words(f"须为二至{MOST_ARMS}个版本", f"choose 2 to {MOST_ARMS} versions")
    if not plan.strip():
        wrong["plan"] = Words("请写明预期", "say what is expected")
    if not now < until <= now + LONGEST:
        wrong["until"] = Words("须在一年之内", "must be within a year")
    if wrong or first is None:
        raise Refusal(Reason.EVIDENCE, next(iter(wrong.values())), fields=wrong)
    with recorded() as log:
        trial = _UNSCOPED.rows(WordingTrial).create(
            owner=owner,
            fraud_type=first.fraud_type,
            channel=first.channel,
            measure=measure,
            plan=plan.strip()[:400],
            made_by=person,
            made_at=now,
            until=until,
        )
        TrialArm.objects.bulk_create(TrialArm(trial=trial, wording=wording) for wording in wordings)
        versions = [wording.version for wording in wordings]
        log.add(_draft("wording_trial_declared", trial, person.ref, measure=measure.value, versions=versions))
    return trial


def begin_trial(trial: WordingTrial, person: Person) -> None:
    """Begin a declared trial as the second person. Raise Refusal, also if another one runs."""
    if trial.made_by_id == person.pk:
        raise Refusal(
            Reason.SAME_PERSON, Words("须由提出人以外的人批准", "somebody other than who declared it begins it")
        )
    now, trials = timezone.now(), _UNSCOPED.rows(WordingTrial)
    with recorded() as log:  # writers wait for each other, so that no other trial begins meanwhile
        others = trials.filter(owner=trial.owner_id, fraud_type=trial.fraud_type, channel=trial.channel)
        if others.filter(state__in=_RUNNING).exists():
            words = Words("同一类型、渠道已有试验在进行", "another trial of this fraud type and channel is running")
            raise Refusal(Reason.STATE, words)
        rows = trials.filter(pk=trial.pk, state=TrialState.PROPOSED, until__gt=now)
        if not rows.update(state=TrialState.RUNNING, approved_by=person, started_at=now):
            raise Refusal(Reason.STATE, Words("该试验已有决定或已过期", "this trial was decided about or is over"))
        log.add(_draft("wording_trial_begun", trial, person.ref))


def reject_trial(trial: WordingTrial, person: Person) -> None:
    """Reject a declared trial. Raise Refusal if it was decided about."""
    with recorded() as log:
        rows = _UNSCOPED.rows(WordingTrial).filter(pk=trial.pk, state=TrialState.PROPOSED)
        if not rows.update(state=TrialState.REJECTED, ended_at=timezone.now()):
            raise Refusal(Reason.STATE, Words("该试验已有决定", "this trial was decided about"))
        log.add(_draft("wording_trial_rejected", trial, person.ref))


def stop_trial(trial: WordingTrial, reason: str, person: Person | None) -> None:
    """Ask for the end of a running trial; a second person ends it. None: the machine asks."""
    if not reason.strip():
        words = Words("请写明理由", "give a reason")
        raise Refusal(Reason.EVIDENCE, words, fields={"reason": words})
    with recorded() as log:
        rows = _UNSCOPED.rows(WordingTrial).filter(pk=trial.pk, state=TrialState.RUNNING)
        if not rows.update(state=TrialState.ENDING, stopped_by=person, stop_reason=reason.strip()[:200]):
            raise Refusal(Reason.STATE, Words("该试验未在进行", "this trial is not running"))
        log.add(_draft("wording_trial_stopped", trial, person.ref if person else ""))


def end_trial(trial: WordingTrial, person: Person) -> None:
    """End a trial whose end was asked for, as another person. The version in use is sent again."""
    if trial.stopped_by_id == person.pk:
        raise Refusal(Reason.SAME_PERSON, Words("须由另一人结束", "somebody other than who asked for it ends it"))
    with recorded() as log:
        rows = _UNSCOPED.rows(WordingTrial).filter(pk=trial.pk, state=TrialState.ENDING)
        if not rows.update(state=TrialState.ENDED, ended_by=person, ended_at=timezone.now()):
            raise Refusal(Reason.STATE, Words("尚未有人申请结束", "nobody has asked for its end"))
        log.add(_draft("wording_trial_ended", trial, person.ref))


def measure_trial(trial: WordingTrial, now: datetime) -> list[ArmResult]:
    """Return the results of each arm until now."""
    arms = list(trial.arms.select_related("wording").order_by("pk"))
    warned = _find_warned(trial, arms)
    contacts = _find_contacts(warned) if trial.measure == TrialMeasure.CONTACT_ENDED else {}
    results: list[ArmResult] = []
    for arm in arms:
        people = warned[arm.wording.version]
        ended = [one.instance for one in people if one.instance.ended_at and one.instance.state != _NO_VICTIM]
        loss = ArmShare(sum(instance.state == "loss" for instance in ended), len(ended))
        measured = loss
        if trial.measure == TrialMeasure.DISSUADED:
            measured = ArmShare(sum(instance.state == "dissuaded" for instance in ended), len(ended))
        elif trial.measure == TrialMeasure.CONTACT_ENDED:
            measured = _contacts_ended(people, contacts, now)
        first = results[0].measured if results else None
        results.append(ArmResult(arm, len(people), measured, loss, first and difference(measured, first)))
    return results


def difference(one: ArmShare, other: ArmShare, level: float = 0.95) -> ArmDifference | None:
    """Return the difference of two shares with the interval of Newcombe; None if an arm has fewer than LEAST people."""
    if one.n < LEAST or other.n < LEAST:
        return None
    first, second = one.part / one.n, other.part / other.n
    a, b = wilson_interval(first, one.n, level), wilson_interval(second, other.n, level)
    value = first - second
    low = value - math.hypot(first - a.low, b.high - second)
    return ArmDifference(value, low, value + math.hypot(a.high - first, second - b.low))


def find_harmful(results: Sequence[ArmResult]) -> list[TrialArm]:
    """Return the arms with more losses than another one, beyond chance; never the one with least losses."""
    open_arms = [result for result in results if result.arm.halted_at is None and result.loss.n >= LEAST]
    if len(open_arms) < 2:
        return []
    best = min(open_arms, key=lambda result: result.loss.part / result.loss.n)
    gaps = ((result.arm, difference(result.loss, best.loss, HALTING_LEVEL)) for result in open_arms)
    return [arm for arm, gap in gaps if gap is not None and gap.low > 0]


def watch_trials(now: datetime) -> None:
    """Halt arms that do harm, and ask for the end of trials with such an arm or past their time."""
    for trial in _UNSCOPED.rows(WordingTrial).filter(state__in=_RUNNING).select_related("owner"):
        harmful = find_harmful(measure_trial(trial, now))
        if harmful:
            with recorded() as log:
                TrialArm.objects.filter(pk__in=[arm.pk for arm in harmful]).update(halted_at=now)
                log.add(
                    _draft("wording_trial_arm_halted", trial, "", versions=[arm.wording.version for arm in harmful])
                )
        if trial.state == TrialState.RUNNING and (harmful or trial.until <= now):
            words = Words("某一版本的损失明显更多", "one wording has clearly more losses")
            over = Words("试验期已满", "the time of the trial is over")
            stop_trial(trial, " / ".join(words if harmful else over), None)


def _find_warned(trial: WordingTrial, arms: Sequence[TrialArm]) -> dict[str, list[_Warned]]:
    """Return the dissuasions of each arm, by the wording that was sent first in the trial."""
    warned: dict[str, list[_Warned]] = {arm.wording.version: [] for arm in arms}
    if trial.started_at is None:
        return warned
    steps = find_steps(_UNSCOPED).filter(
        instance__owner=trial.owner_id,
        instance__process="dissuasion",
        event="record_warning_sent",
        at__gte=trial.started_at,
        evidence__script__in=list(warned),
    )
    if trial.ended_at is not None:
        steps = steps.filter(at__lt=trial.ended_at)
    if not trial.owner.simulated:
        steps = steps.exclude(instance__simulated=True)
    seen: set[str] = set()
    for step in steps.select_related("instance").order_by("at", "pk"):
        person = step.instance.about or step.instance.ref
        if person not in seen:
            seen.add(person)
            warned[str(step.evidence["script"])].append(_Warned(step.instance, step.at))
    return warned


def _find_contacts(warned: dict[str, list[_Warned]]) -> dict[str, list[datetime]]:
    """Return when each person was found in contact with a fraudster, by the ref of the subject."""
    everyone = [one for people in warned.values() for one in people if one.instance.about]
    if not everyone:
        return {}
    refs, since = {one.instance.about for one in everyone}, min(one.at for one in everyone)
    contacts: dict[str, list[datetime]] = {}
    for hooks in app_modules("warning_hooks"):
        for ref, at in hooks.find_contacts(refs, since):
            contacts.setdefault(ref, []).append(at)
    return contacts


def _contacts_ended(people: Iterable[_Warned], contacts: dict[str, list[datetime]], now: datetime) -> ArmShare:
    """Return how many contacts ended within 24 hours, of the people whose time of observation is over."""
    watched = [one for one in people if one.instance.about and one.at + WATCHED_UNTIL <= now]
    still = sum(
        any(one.at + ENDED_WITHIN < at <= one.at + WATCHED_UNTIL for at in contacts.get(one.instance.about, ()))
        for one in watched
    )
    return ArmShare(len(watched) - still, len(watched))


def _draft(kind: str, trial: WordingTrial, actor: str, **facts: object) -> Draft:
    return Draft(kind, to_ms(timezone.now()), actor, trial.owner.ref, about=trial.ref, facts=facts)

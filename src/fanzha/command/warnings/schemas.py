"""API schemas of warnings."""

from datetime import datetime
from typing import Literal

from ninja import Schema
from pydantic import AwareDatetime, Field

from fanzha.command.warnings.models import Wording, WordingTrial
from fanzha.command.warnings.overseas_choices import ChoiceOutcome
from fanzha.command.warnings.trials import ArmResult
from fanzha.command.warnings.wording_rules import measure_text


class WordingIn(Schema):
    """A new version of a wording in both languages."""

    fraud_type: str = Field(min_length=1, max_length=40)
    channel: Literal["text", "flash_sms", "voice", "email", "app"]
    zh: str = Field(min_length=1, max_length=2_000)
    en: str = Field(min_length=1, max_length=2_000)
    why: str = Field(default="", max_length=200)


class WordingOut(Schema):
    """A version of a wording. `units` and `parts` are the size of the Chinese text as an SMS in UCS-2."""

    ref: str
    version: str
    fraud_type: str
    channel: str
    zh: str
    en: str
    why: str
    state: str
    in_use: bool
    made_at: datetime
    decided_at: datetime | None
    units: int
    parts: int

    @classmethod
    def of(cls, row: Wording) -> "WordingOut":
        """Build the schema from a version."""
        plain = {name: getattr(row, name) for name in cls.model_fields if name not in ("units", "parts")}
        return cls(**plain, **measure_text(row.zh)._asdict())


class WordingDecisionIn(Schema):
    """What is done with a version; `drop` takes it out of use, so that the shipped words are sent again."""

    do: Literal["approve", "approve_and_use", "reject", "use", "drop"]


class WordingTrialIn(Schema):
    """A trial to declare: references of approved versions of one fraud type and channel."""

    wordings: list[str] = Field(min_length=2, max_length=4)
    measure: Literal["dissuaded", "contact_ended", "loss"]
    plan: str = Field(min_length=1, max_length=400)
    until: AwareDatetime


class OverseasChoiceIn(Schema):
    """What a subscriber chose for calls from abroad. `exceptions` are foreign numbers that are let through."""

    number: str = Field(min_length=1, max_length=40)
    kind: Literal["refuse", "announce"]
    channel: Literal["text", "shop", "app", "hotline", "file"]
    exceptions: list[str] = Field(default=[], max_length=50)
    requested_at: AwareDatetime | None = None


class OverseasNumberIn(Schema):
    """A number of a subscriber, in the body so that it is in no URL and no access log."""

    number: str = Field(min_length=1, max_length=40)


class OverseasEndIn(OverseasNumberIn):
    """The end of a choice by the holder's word."""

    channel: Literal["text", "shop", "app", "hotline", "file"]


class OverseasTextIn(OverseasNumberIn):
    """A text that a subscriber sent to the operator's short code."""

    text: str = Field(min_length=1, max_length=500)


class OverseasChoiceOut(Schema):
    """The choice in force, `kind` null without one, and the confirmation for the subscriber in both languages."""

    kind: str | None
    channel: str | None
    exceptions: list[str]
    requested_at: datetime | None
    confirmation_zh: str
    confirmation_en: str

    @classmethod
    def of(cls, outcome: ChoiceOutcome) -> "OverseasChoiceOut":
        """Build the schema from what was done."""
        choice, words = outcome
        return cls(
            kind=choice.kind if choice else None,
            channel=choice.channel if choice else None,
            exceptions=choice.exceptions if choice else [],
            requested_at=choice.requested_at if choice else None,
            confirmation_zh=words.zh,
            confirmation_en=words.en,
        )


class TrialActIn(Schema):
    """What is done with a trial. `reason` is needed to stop it; a second person ends it afterwards."""

    do: Literal["begin", "reject", "stop", "end"]
    reason: str = Field(default="", max_length=200)


class TrialArmOut(Schema):
    """The results of one version. Below 30 people `share`, `low`, `high` and the difference are null."""

    version: str
    warned: int
    n: int
    share: float | None
    low: float | None
    high: float | None
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    halted_at: datetime | None

    @classmethod
    def of(cls, result: ArmResult) -> "TrialArmOut":
        """Build the schema from the result of an arm."""
        interval, gap = result.measured.interval, result.difference
        return cls(
            version=result.arm.wording.version,
            warned=result.warned,
            n=result.measured.n,
            share=result.measured.share,
            low=interval and interval.low,
            high=interval and interval.high,
            difference=gap and gap.value,
            difference_low=gap and gap.low,
            difference_high=gap and gap.high,
            halted_at=result.arm.halted_at,
        )


class WordingTrialOut(Schema):
    """A trial. `arms` are its results; the difference is against the first arm. A list leaves them out."""

    ref: str
    fraud_type: str
    channel: str
    measure: str
    plan: str
    state: str
    made_at: datetime
    started_at: datetime | None
    until: datetime
    stop_reason: str
    ended_at: datetime | None
    arms: list[TrialArmOut] = []

    @classmethod
    def of(cls, row: WordingTrial, results: list[ArmResult] | None = None) -> "WordingTrialOut":
        """Build the schema from a trial and its results."""
        plain = {name: getattr(row, name) for name in cls.model_fields if name != "arms"}
        return cls(**plain, arms=[TrialArmOut.of(result) for result in results or []])

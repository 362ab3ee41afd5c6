"""API schemas of the watch of new sites."""

from datetime import datetime
from typing import Literal, cast

from ninja import Schema
from pydantic import Field

from fanzha.base.clock import from_ms
from fanzha.command.site_watch.selectors import Sighting
from fanzha.store.site_watch import LogStatus

StateName = Literal["open", "dismissed", "handed_on"]
LookState = Literal["", "waiting", "seen", "failed"]


class CandidateSiteOut(Schema):
    """A name that resembles a brand."""

    ref: str
    subject: str = Field(description="registrable domain, or the tenant under a hosting suffix")
    host: str
    brand: str = Field(description="main domain of the brand; empty if the name alone is suspect")
    score: float
    sentence_zh: str
    sentence_en: str
    source: str
    reference: str = Field(description="entry of the log, or row of the list")
    seen_at: datetime
    is_within_budget: bool
    is_mention: bool = Field(description="the name only mentions the brand; the page is what counts")
    state: StateName
    reason: str
    process: str
    look: str = Field(description="the latest look at its page; empty if nobody looked")
    look_state: LookState
    look_score: float | None = Field(description="highest score of what the look found; null if it found nothing")
    campaign: str = Field(description="campaign of the findings on the site; empty without one")

    @classmethod
    def of(cls, sighting: Sighting) -> "CandidateSiteOut":
        """Return a candidate as the API gives it."""
        row, look, campaign = sighting
        names = ("ref", "subject", "host", "brand", "score", "sentence_zh", "sentence_en", "source", "reference",
                 "seen_at", "state", "reason", "process", "is_mention")  # fmt: skip
        return cls(
            **{name: getattr(row, name) for name in names},
            is_within_budget=row.is_within,
            look=look.ref if look else "",
            look_state=cast("LookState", look.state if look else ""),
            look_score=look.score if look else None,
            campaign=campaign.ref if campaign else "",
        )


class DismissalIn(Schema):
    """Why a candidate is innocent."""

    reason: str = Field(min_length=1, max_length=500)


class HandedOnOut(Schema):
    """The process that was opened."""

    process: str


class LogStatusOut(Schema):
    """How far a certificate log was read: `seen`, `missing` and `waiting` entries together are its `size`."""

    name: str
    url: str
    log_id: str = Field(description="SHA-256 of its key, hexadecimal")
    state: Literal["following", "forked"]
    size: int
    seen: int
    missing: dict[str, int] = Field(description="entries that were not seen, by reason")
    waiting: int
    signed_at: datetime
    answered_at: datetime
    problem: str

    @classmethod
    def of(cls, status: LogStatus) -> "LogStatusOut":
        """Return the state of a log as the API gives it."""
        times = {"signed_at": from_ms(status.signed_at), "answered_at": from_ms(status.answered_at)}
        return cls(**{**status._asdict(), **times, "state": str(status.state)})

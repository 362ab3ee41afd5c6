"""API schemas of looks at pages."""

from datetime import datetime
from typing import Self

from ninja import Schema
from pydantic import Field

from fanzha.command.captures.models import Capture


class LookIn(Schema):
    """A page to look at; `about` is a reference of your own."""

    url: str = Field(min_length=8, max_length=2_000)
    about: str = Field("", max_length=80)


class HandOnIn(Schema):
    """Whether people are being deceived by the page right now."""

    victims: bool = False


class LookPurposeIn(Schema):
    """Why the evidence of a look is needed."""

    purpose: str = Field(min_length=4, max_length=200)


class LookFileOut(Schema):
    """A file of the evidence of a look, base64."""

    name: str
    data: str


class LookOut(Schema):
    """A look at a page and what became of it; `process` is "" until it was handed on."""

    ref: str
    url: str
    host: str
    source: str
    about: str
    state: str
    problem: str
    asked_at: datetime
    looked_at: datetime | None
    title: str
    final_url: str
    asks: list[str]
    cloaked: bool
    brand: str
    score: float | None
    manifest: str
    stamped_at: datetime | None
    process: str

    @classmethod
    def of(cls, capture: Capture) -> Self:
        """Return the answer for a look."""
        return cls(
            ref=capture.ref,
            url=capture.url,
            host=capture.host,
            source=capture.source,
            about=capture.about,
            state=capture.state,
            problem=capture.problem,
            asked_at=capture.asked_at,
            looked_at=capture.looked_at,
            title=capture.title,
            final_url=capture.final_url,
            asks=list(capture.asks),
            cloaked=capture.is_cloaked,
            brand=capture.brand,
            score=capture.score,
            manifest=capture.manifest,
            stamped_at=capture.stamped_at,
            process=capture.process,
        )

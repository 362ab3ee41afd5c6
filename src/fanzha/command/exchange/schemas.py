"""API schemas of the exchange, and the values that it hands to a release gate."""

from datetime import datetime
from typing import Literal

from ninja import Schema
from pydantic import Field

from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.exchange.feed_services import FeedTerms
from fanzha.command.exchange.models import Collection, CollectionReader, Feed
from fanzha.command.exchange.partners import PartnerRow
from fanzha.command.exchange.release import (
    Destination,
    ExitRecord,
    ForeignReader,
    Passage,
    PassageClosed,
    SharedItem,
    WithheldReason,
)
from fanzha.command.exchange.selectors import CollectionAccess, FeedSummary
from fanzha.command.exchange.services import CollectionDraft

__all__ = [
    "CollectionIn",
    "CollectionOut",
    "CollectionReaderIn",
    "CollectionReaderOut",
    "Destination",
    "ExitRecord",
    "FeedChangeIn",
    "FeedIn",
    "SubscribedFeedOut",
    "FeedSummaryOut",
    "ForeignReader",
    "PartnerOut",
    "Passage",
    "PassageClosed",
    "SharedItem",
    "UnusedOut",
    "WithheldReason",
    "own_access",
]


class CollectionIn(Schema):
    """A collection to make: what goes in, and up to which marking."""

    title_zh: str = Field(min_length=2, max_length=120)
    title_en: str = Field(min_length=2, max_length=120)
    ceiling: Literal["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT"] = "TLP:AMBER"
    kinds: list[str] = Field(default=[], max_length=40, description="kinds of subjects; none: all")
    level: Literal["watch", "suspected"] = "suspected"
    with_findings: bool = Field(default=False, description="also what no person decided yet")
    is_abroad: bool = Field(default=False, description="a reader is in another country")
    licence: str = Field(default="", max_length=300)

    def to_draft(self) -> CollectionDraft:
        """Return it as the service takes it."""
        return CollectionDraft(
            Words(self.title_zh, self.title_en),
            Marking(self.ceiling),
            self.kinds,
            Level(self.level),
            self.with_findings,
            self.is_abroad,
            self.licence,
        )


class CollectionOut(Schema):
    """A collection that the organisation owns or may read. `id` is its id in TAXII."""

    ref: str
    id: str
    title_zh: str
    title_en: str
    ceiling: str
    kinds: list[str]
    level: str
    is_abroad: bool
    licence: str
    is_owner: bool
    may_add: bool
    created_at: datetime

    @classmethod
    def of(cls, access: CollectionAccess) -> "CollectionOut":
        """Build the schema from a collection and what the organisation may do with it."""
        row = access.collection
        names = cls.model_fields.keys() - {"id", "is_owner", "may_add"}
        plain = {name: getattr(row, name) for name in names}
        return cls(**plain, id=str(row.taxii_id), is_owner=access.is_owner, may_add=access.may_add)


class CollectionReaderIn(Schema):
    """An organisation (ref) that is let read a collection, for a purpose."""

    organization: str = Field(min_length=1, max_length=26)
    purpose: str = Field(min_length=4, max_length=200)
    country: str = Field(default="", max_length=2, description="ISO 3166 code of another country")
    may_add: bool = False


class CollectionReaderOut(Schema):
    """An organisation that reads a collection."""

    number: int
    organization: str
    name_zh: str
    name_en: str
    purpose: str
    country: str
    may_add: bool
    since: datetime

    @classmethod
    def of(cls, row: CollectionReader) -> "CollectionReaderOut":
        """Build the schema from a grant. Select its reader with it."""
        names = ("purpose", "country", "may_add", "since")
        reader = row.reader
        plain = {name: getattr(row, name) for name in names}
        return cls(number=row.pk, organization=reader.ref, name_zh=reader.name_zh, name_en=reader.name_en, **plain)


def own_access(collection: Collection) -> CollectionAccess:
    """Return the access of its owner to a collection."""
    return CollectionAccess(collection, True, True)


class FeedIn(Schema):
    """A feed to subscribe to. `source` is the ref of the organisation that states what it brings."""

    source: str = Field(min_length=1, max_length=26)
    name: str = Field(min_length=2, max_length=80)
    format: Literal["taxii", "misp", "csv"]
    url: str = Field(min_length=1, max_length=400, description="of a TAXII collection, a MISP feed or a CSV list")
    user: str = Field(default="", max_length=80)
    secret_file: str = Field(default="", max_length=80, description="name of a file in keys/ of the state folder")
    token_url: str = Field(
        default="", max_length=400, description="where user and secret, an OAuth2 client, get access tokens"
    )
    token_scope: str = Field(default="", max_length=200, description="scope of the access tokens")
    only_kind: str = Field(default="", max_length=20, description="kind of a CSV list without header")
    every_seconds: int = Field(default=60, ge=10, le=86_400)
    trust: float = Field(default=0.5, gt=0, le=1)
    confidence: float = Field(default=0.7, gt=0, le=1, description="where the feed gives none")
    half_life_days: float = Field(default=30, ge=0.1, le=3_650)
    marking: Literal["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT"] = "TLP:AMBER"
    licence: str = Field(default="", max_length=300)
    limit_a_day: int = Field(default=100_000, ge=1, le=10_000_000)
    silent_after_hours: int = Field(default=24, ge=1, le=8_760)

    def to_terms(self) -> FeedTerms:
        """Return it as the service takes it."""
        values = self.dict(exclude={"source", "marking"})
        return FeedTerms(**values, marking=Marking(self.marking))


class FeedChangeIn(Schema):
    """A change of a feed: the trust in what comes from now on, and whether it is fetched."""

    trust: float = Field(gt=0, le=1)
    is_active: bool = True


class SubscribedFeedOut(Schema):
    """A feed of the organisation."""

    ref: str
    name: str
    source: str
    format: str
    trust: float
    half_life_days: float
    marking: str
    licence: str
    is_active: bool
    reached_at: datetime | None
    brought_at: datetime | None
    failing_since: datetime | None
    problem: str

    @classmethod
    def of(cls, row: Feed) -> "SubscribedFeedOut":
        """Build the schema from a feed. Select its source with it."""
        plain = {name: getattr(row, name) for name in cls.model_fields if name != "source"}
        return cls(**plain, source=row.source.ref)


class PartnerOut(Schema):
    """A partner: objects given and statements received in 30 days, and the share of them that was confirmed."""

    organization: str
    name_zh: str
    name_en: str
    collections: int
    given: int
    feeds: int
    used: int
    confirmed: int
    refuted: int
    precision: str

    @classmethod
    def of(cls, row: PartnerRow) -> "PartnerOut":
        """Build the schema from a row of the desk."""
        names = ("collections", "given", "feeds", "used", "confirmed", "refuted")
        plain = {name: getattr(row, name) for name in names}
        found = row.organization
        return cls(
            organization=found.ref,
            name_zh=found.name_zh,
            name_en=found.name_en,
            precision=row.precision.value,
            **plain,
        )


class UnusedOut(Schema):
    """How many statements were not used for one reason."""

    reason: str
    count: int


class FeedSummaryOut(Schema):
    """How a feed does: silent or not, what was used in the last 30 days, and how well it held."""

    feed: SubscribedFeedOut
    is_silent: bool
    standing: int
    used: int
    withdrawn: int
    unused: list[UnusedOut]
    confirmed: int
    refuted: int
    precision: str

    @classmethod
    def of(cls, summary: FeedSummary) -> "FeedSummaryOut":
        """Build the schema from a summary."""
        names = ("is_silent", "standing", "used", "withdrawn", "confirmed", "refuted")
        return cls(
            feed=SubscribedFeedOut.of(summary.feed),
            unused=[UnusedOut(reason=reason, count=count) for reason, count in summary.unused],
            precision=summary.precision.value,
            **{name: getattr(summary, name) for name in names},
        )

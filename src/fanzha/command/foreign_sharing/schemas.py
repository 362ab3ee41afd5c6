"""API schemas of approvals for other countries."""

from datetime import datetime
from typing import Literal

from ninja import Schema
from pydantic import AwareDatetime, Field

from fanzha.command.foreign_sharing.models import ForeignApproval, ForeignExit


class ForeignApprovalIn(Schema):
    """An approval to enter, sent with its document. `partner` is the reference of a partner abroad."""

    partner: str = Field(min_length=1, max_length=26)
    number: str = Field(min_length=2, max_length=80)
    authority: str = Field(min_length=2, max_length=120)
    purpose: str = Field(min_length=4, max_length=200)
    kinds: list[Literal["link", "file_hash", "kit", "number_range"]] = Field(min_length=1, max_length=4)
    valid_from: AwareDatetime
    valid_until: AwareDatetime


class ForeignApprovalOut(Schema):
    """An approval and its state now."""

    ref: str
    partner: str
    country: str
    number: str
    authority: str
    purpose: str
    kinds: list[str]
    valid_from: datetime
    valid_until: datetime
    sha256: str
    state: str
    entered_at: datetime
    confirmed_at: datetime | None
    refused_at: datetime | None
    withdrawn_at: datetime | None
    reason: str

    @classmethod
    def of(cls, row: ForeignApproval, at: datetime) -> "ForeignApprovalOut":
        """Build the schema from an approval. Select its partner with it."""
        plain = {name: getattr(row, name) for name in cls.model_fields if name not in ("partner", "country", "state")}
        return cls(**plain, partner=row.partner.ref, country=row.partner.country, state=row.state_at(at).value)


class ForeignDecisionIn(Schema):
    """The decision of the second person: confirmed, or refused with a reason."""

    is_confirmed: bool
    reason: str = Field(default="", max_length=300)


class ForeignWithdrawalIn(Schema):
    """Why an approval is withdrawn."""

    reason: str = Field(min_length=4, max_length=300)


class ForeignExitOut(Schema):
    """One answer sent abroad: its recipient, channel, number of objects, and the SHA-256 of its body."""

    ref: str
    partner: str
    collection: str
    road: str
    at: datetime
    objects_given: int
    sha256: str

    @classmethod
    def of(cls, row: ForeignExit) -> "ForeignExitOut":
        """Build the schema from an exit. Select its partner and collection with it."""
        plain = {name: getattr(row, name) for name in cls.model_fields if name not in ("partner", "collection")}
        return cls(**plain, partner=row.partner.ref, collection=row.collection.ref)


class ForeignExitObjectOut(Schema):
    """One object of an exit; `says` is its pattern or name."""

    stix_id: str
    stix_type: str
    version: str
    says: str
    is_revoked: bool


class PartnerKeyOut(Schema):
    """The secret of a new key of a partner, which is not stored."""

    secret: str

"""API schemas of number tags."""

from datetime import datetime
from typing import Literal

from ninja import Schema
from pydantic import Field

from fanzha.command.number_tags.models import TagDispute
from fanzha.command.number_tags.services import KINDS
from fanzha.kinds import all_kinds

TagKind = Literal["phone_number", "website", "app", "account"]
if set(KINDS) != {"phone_number", "website", "app", "account"}:
    raise TypeError("TagKind must name the kinds that can be tagged")


class TagIn(Schema):
    """A tag by a user of the organisation. `tagger` is a pseudonym, `block` the address block; both are hashed."""

    kind: TagKind
    value: str = Field(min_length=1, max_length=400)
    category: Literal["fraud", "harassment", "advertising", "collection", "other"]
    tagger: str = Field(min_length=1, max_length=200)
    block: str = Field(default="", max_length=80)
    text: str = Field(default="", max_length=4_000)


class ProofIn(Schema):
    """A check by the operator that a number made the reported calls, and its method."""

    number: str = Field(min_length=1, max_length=40)
    method: Literal["records", "callback", "subscriber"]


class SettlementIn(Schema):
    """The outcome of the tags of a value."""

    kind: TagKind
    value: str = Field(min_length=1, max_length=400)
    outcome: Literal["confirmed", "refuted"]


class SettlementOut(Schema):
    """How many tags were settled."""

    settled: int


class TagCodeIn(Schema):
    """The number whose holder proved at the counter that it is his."""

    number: str = Field(min_length=1, max_length=40)
    in_customer_system: bool = Field(
        False, description="the present holder was looked up there: for a number that is not in the operator's table"
    )


class TagCodeOut(Schema):
    """The code for the holder, shown once."""

    ref: str
    code: str


class TagDecisionIn(Schema):
    """Whether the dispute is upheld: its tags are then refuted."""

    upheld: bool


class TagDisputeOut(Schema):
    """A dispute; the number is masked."""

    ref: str
    number: str
    statement: str
    disputed_at: datetime | None
    upheld: bool | None
    decided_at: datetime | None

    @classmethod
    def of(cls, row: TagDispute) -> "TagDisputeOut":
        """Build the schema from a row."""
        plain = {name: getattr(row, name) for name in cls.model_fields if name != "number"}
        return cls(**plain, number=all_kinds()[row.kind].mask(row.value))

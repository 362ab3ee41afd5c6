"""API schemas of the allowlist: status and proposals."""

from datetime import datetime

from ninja import Schema
from pydantic import Field

from fanzha.claims.allowlist import OriginKind
from fanzha.command.processes.schemas import BilingualText
from fanzha.command.subjects.allowlist import AllowlistProposal, AllowlistStatus
from fanzha.command.web.api.moments import Moment


class AllowlistProposalIn(Schema):
    """Why a number is to be spared: the origin that proves it, whose it is, how that was proven, until when."""

    origin_kind: OriginKind
    origin: str = Field(
        min_length=1,
        max_length=64,
        description="the trunk's name, or: international_gateway, interconnect, leased_line, mobile, voip",
    )
    owner: str = Field(min_length=1, max_length=200)
    proof: str = Field(min_length=1, max_length=400)
    until: Moment

    def to_proposal(self) -> AllowlistProposal:
        """Return what is proposed."""
        return AllowlistProposal(self.origin_kind, self.origin, self.owner, self.proof, self.until)


class AllowlistEntryOut(Schema):
    """What holds of a number on the spared list; `until` is null without end."""

    owner: str
    origin: BilingualText
    until: datetime | None


class ProposalOut(Schema):
    """What is proposed for the spared list and waits for a second person, who approves the import of this ref."""

    import_ref: str
    owner: str
    proof: str
    until: datetime


class AllowlistStatusOut(Schema):
    """How a number stands on the spared list; `is_broken`: the list cannot be read, and nobody knows what holds."""

    held: list[AllowlistEntryOut]
    waiting: list[ProposalOut]
    is_broken: bool

    @classmethod
    def of(cls, status: AllowlistStatus) -> "AllowlistStatusOut":
        """Return what holds, and what the caller's organisation proposed."""
        held = [
            AllowlistEntryOut(owner=entry.owner, origin=BilingualText.of(entry.origin), until=entry.until)
            for entry in status.held
        ]
        waiting = [
            ProposalOut(import_ref=entry.job.ref, owner=entry.holder, proof=entry.proof, until=entry.until)
            for entry in status.waiting
        ]
        return cls(held=held, waiting=waiting, is_broken=status.is_broken)

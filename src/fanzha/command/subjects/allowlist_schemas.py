"""API schemas of the allowlist: status and proposals."""

from datetime import datetime

from ninja import Schema
from pydantic import Field

from fanzha.claims.allowlist import OriginKind
from fanzha.command.processes.schemas import BilingualText
from fanzha.command.subjects.allowlist import AllowlistProposal, AllowlistStatus
from fanzha.command.web.api.moments import Moment


class AllowlistProposalIn(Schema):
    """A proposal to allowlist a number: the origin that proves it, its owner, the proof and the end."""

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
        """Return the proposal for the service."""
        return AllowlistProposal(self.origin_kind, self.origin, self.owner, self.proof, self.until)


class AllowlistEntryOut(Schema):
    """An allowlist entry in force for a number; `until` is null if it has no end."""

    owner: str
    origin: BilingualText
    until: datetime | None


class ProposalOut(Schema):
    """A proposed allowlist entry. A second person approves it by approving the import `import_ref`."""

    import_ref: str
    owner: str
    proof: str
    until: datetime


class AllowlistStatusOut(Schema):
    """The allowlist status of a number; `is_broken`: the list cannot be read, so its entries are unknown."""

    held: list[AllowlistEntryOut]
    waiting: list[ProposalOut]
    is_broken: bool

    @classmethod
    def of(cls, status: AllowlistStatus) -> "AllowlistStatusOut":
        """Return the entries in force and the proposals of the caller's organisation."""
        held = [
            AllowlistEntryOut(owner=entry.owner, origin=BilingualText.of(entry.origin), until=entry.until)
            for entry in status.active
        ]
        waiting = [
            ProposalOut(import_ref=entry.job.ref, owner=entry.holder, proof=entry.proof, until=entry.until)
            for entry in status.waiting
        ]
        return cls(held=held, waiting=waiting, is_broken=status.is_broken)

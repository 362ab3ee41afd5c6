"""API schemas of hosted sites."""

from datetime import date, datetime

from ninja import Schema
from pydantic import Field

from fanzha.command.hosting.models import HostedSite
from fanzha.command.hosting.selectors import LookCoverage


class HostedSiteOut(Schema):
    """A hosted site; `faults` are codes, `state` is never, clean, faulty or gone."""

    host: str
    provider: str
    customer: str
    filing: str
    filing_until: date | None
    security_filing: str
    address: str
    state: str
    faults: list[str]
    looked_at: datetime | None
    shown_filing: str

    @classmethod
    def of(cls, site: HostedSite) -> "HostedSiteOut":
        """Present a site."""
        return cls(
            host=site.host,
            provider=site.owner.ref,
            customer=site.customer,
            filing=site.filing,
            filing_until=site.filing_until,
            security_filing=site.security_filing,
            address=site.address,
            state=site.state,
            faults=list(site.faults),
            looked_at=site.looked_at,
            shown_filing=site.shown_filing,
        )


class HostedSiteLookIn(Schema):
    """Hosts of own sites to look at."""

    hosts: list[str] = Field(min_length=1, max_length=100)


class HolderOut(Schema):
    """The provider of a site or an address, as its reference; "" if none or several are known."""

    host: str
    provider: str


class HostedSiteLookOut(Schema):
    """How many sites will be looked at."""

    sites: int


class CoverageOut(Schema):
    """How many active sites there are, and how many were looked at in time, are due, were never looked at."""

    total: int
    current: int
    due: int
    never: int
    faulty: int
    gone: int

    @classmethod
    def of(cls, coverage: LookCoverage) -> "CoverageOut":
        """Present a coverage."""
        return cls(**coverage._asdict())

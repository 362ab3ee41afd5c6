"""Models of organisations and people."""

from fanzha.command.organizations.models.api_key import ApiKey
from fanzha.command.organizations.models.duty import Duty
from fanzha.command.organizations.models.invitation import Invitation
from fanzha.command.organizations.models.membership import Membership
from fanzha.command.organizations.models.organization import Organization
from fanzha.command.organizations.models.person import Person

__all__ = ["ApiKey", "Duty", "Invitation", "Membership", "Organization", "Person"]

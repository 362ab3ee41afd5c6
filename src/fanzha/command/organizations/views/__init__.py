"""Pages of organisations and people."""

from fanzha.command.organizations.views.duties import duties, end_duty
from fanzha.command.organizations.views.invitations import join, second_factor
from fanzha.command.organizations.views.keys import api_keys, new_key, revoke
from fanzha.command.organizations.views.organizations import (
    invite_administrator,
    new_organization,
    organization,
    organizations,
)
from fanzha.command.organizations.views.people import act_on_person, invite_person, people, person, withdraw_invitation
from fanzha.command.organizations.views.preferences import choose_language, choose_organization, choose_theme

__all__ = [
    "act_on_person",
    "api_keys",
    "choose_language",
    "choose_organization",
    "choose_theme",
    "duties",
    "end_duty",
    "invite_administrator",
    "invite_person",
    "join",
    "new_key",
    "new_organization",
    "organization",
    "organizations",
    "people",
    "person",
    "revoke",
    "second_factor",
    "withdraw_invitation",
]

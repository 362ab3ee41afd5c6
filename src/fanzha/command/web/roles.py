"""Kinds of organisation and roles of people. The process definitions contain the table of roles per kind."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from fanzha.processes.roles import role_table


class Kind(StrEnum):
    """Kind of an organisation."""

    REGULATOR = "regulator"
    POLICE = "police"
    CARRIER = "carrier"
    MVNO = "mvno"
    ISP = "isp"
    PLATFORM = "platform"
    AGGREGATOR = "aggregator"
    BANK = "bank"
    CENTRE = "centre"
    BRAND = "brand"
    PARTNER = "partner"
    OUTLET = "outlet"


KIND_TITLES = {
    Kind.REGULATOR: _("regulator"),
    Kind.POLICE: _("police"),
    Kind.CARRIER: _("carrier"),
    Kind.MVNO: _("MVNO"),
    Kind.ISP: _("internet service provider"),
    Kind.PLATFORM: _("platform"),
    Kind.AGGREGATOR: _("SMS aggregator"),
    Kind.BANK: _("bank"),
    Kind.CENTRE: _("anti-fraud centre"),
    Kind.BRAND: _("brand owner"),
    Kind.PARTNER: _("partner"),
    Kind.OUTLET: _("outlet"),
}


class Role(StrEnum):
    """Role of a person in an organisation (console.md)."""

    ANALYST = "analyst"
    EXECUTOR = "executor"
    REVIEWER = "reviewer"
    DUTY_OFFICER = "duty_officer"
    LIAISON = "liaison"
    INSPECTOR = "inspector"
    CLERK = "clerk"
    CERTIFYING_OFFICER = "certifying_officer"
    EDITOR = "editor"
    CALL_TAKER = "call_taker"
    PRIVACY_OFFICER = "privacy_officer"
    ADMINISTRATOR = "administrator"


ROLE_TITLES = {
    Role.ANALYST: _("analyst"),
    Role.EXECUTOR: _("executor"),
    Role.REVIEWER: _("reviewer"),
    Role.DUTY_OFFICER: _("duty officer"),
    Role.LIAISON: _("liaison officer"),
    Role.INSPECTOR: _("inspector"),
    Role.CLERK: _("clerk"),
    Role.CERTIFYING_OFFICER: _("certifying officer"),
    Role.EDITOR: _("editor"),
    Role.CALL_TAKER: _("call taker"),
    Role.PRIVACY_OFFICER: _("privacy officer"),
    Role.ADMINISTRATOR: _("administrator"),
}

#: Kinds that supervise other organisations, nationally or in their province.
SUPERVISORS = (Kind.REGULATOR, Kind.CENTRE)


def kind_in_table(kind: str, province: str) -> str:
    """Return the name of a kind in the role table, which distinguishes national and provincial regulators."""
    if kind == Kind.REGULATOR:
        return "provincial_regulator" if province else "national_regulator"
    return kind


def roles_of(kind: str, province: str) -> tuple[Role, ...]:
    """Return the roles available in such an organisation, in the order of the table."""
    return tuple(Role(name) for name in role_table().kinds[kind_in_table(kind, province)].roles)


#: Roles that decide on campaigns and assess subjects.
DECIDERS = (Role.ANALYST, Role.REVIEWER, Role.DUTY_OFFICER, Role.LIAISON)
#: Roles whose work needs unmasked values. Overseers (privacy officer, administrator) are excluded.
MAY_UNMASK = (Role.ANALYST, Role.REVIEWER, Role.DUTY_OFFICER, Role.LIAISON, Role.INSPECTOR, Role.EXECUTOR)
#: Roles that look values up. Those without the right to unmask learn the treatment only.
MAY_LOOK_UP = (*MAY_UNMASK, Role.CALL_TAKER, Role.CLERK)

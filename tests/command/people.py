"""Who takes part in the tests: organisations of every kind, each with one person a role, all made up."""

import time
from dataclasses import dataclass, field

from django.test import Client

from fanzha.command.organizations.models import Membership, Organization, Person
from fanzha.command.organizations.selectors import build_viewer
from fanzha.command.organizations.viewer_middleware import CHOSEN
from fanzha.command.web.roles import Kind, Role
from fanzha.command.web.viewer import Viewer

PASSWORD = "a long pass phrase of the tests"

#: Name -> kind and province ("" is the whole country). Two carriers of one province, one of another.
ORGANIZATIONS = {
    "ministry": (Kind.REGULATOR, ""),
    "administration": (Kind.REGULATOR, "51"),
    "centre": (Kind.CENTRE, "51"),
    "police": (Kind.POLICE, "51"),
    "carrier": (Kind.CARRIER, "51"),
    "other_carrier": (Kind.CARRIER, "51"),
    "far_carrier": (Kind.CARRIER, "33"),
    "mvno": (Kind.MVNO, "51"),
    "other_mvno": (Kind.MVNO, "51"),
    "isp": (Kind.ISP, "51"),
    "platform": (Kind.PLATFORM, "51"),
    "aggregator": (Kind.AGGREGATOR, "51"),
    "bank": (Kind.BANK, "51"),
    "brand": (Kind.BRAND, ""),
    "partner": (Kind.PARTNER, ""),
    "outlet": (Kind.OUTLET, "51"),
}


@dataclass
class World:
    """Organisations by name; people are made when they are first asked for."""

    organizations: dict[str, Organization] = field(default_factory=dict)
    people: dict[tuple[str, Role], Person] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Organization:
        return self.organizations[name]

    def join(self, name: str, kind: Kind, province: str) -> Organization:
        """Let one more organisation take part."""
        self.organizations[name] = Organization.objects.create(
            name_zh=f"示例{name}",
            name_en=f"Example {name}",
            kind=kind.value,
            province=province,
            host=self["carrier"] if kind is Kind.MVNO else None,
            second_factor=False,
            simulated=True,
        )
        return self[name]

    def person(self, name: str, *roles: Role) -> Person:
        """The person with these roles in an organisation; the same one for the same first role."""
        if (name, roles[0]) not in self.people:
            email = f"{roles[0].value}@{name.replace('_', '-')}.example"
            made = Person.objects.create_user(email, name=f"{name} {roles[0].value}")
            for role in roles:
                Membership.objects.create(person=made, organization=self[name], role=role.value, unit="operations")
            self.people[name, roles[0]] = made
        return self.people[name, roles[0]]

    def viewer(self, name: str, *roles: Role) -> Viewer:
        """Who looks when such a person is signed in."""
        person = self.person(name, *roles) if roles else None
        found = build_viewer(self[name], {role.value for role in roles}, person.pk if person else None)
        return found._replace(unit="operations" if person else "")

    def client(self, name: str, *roles: Role, language: str = "en", confirmed: bool = True) -> Client:
        """A browser in which such a person is signed in; if he confirmed lately, he may do what is sensitive."""
        client = Client(headers={"accept-language": language})
        client.force_login(self.person(name, *roles), backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session[CHOSEN] = self[name].pk
        if confirmed:
            session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
            session["account_authentication_methods_user"] = str(self.person(name, *roles).pk)
        session.save()
        return client


def make_world() -> World:
    """Make the organisations."""
    made = World()
    for name, (kind, province) in ORGANIZATIONS.items():
        made.join(name, kind, province)
    return made

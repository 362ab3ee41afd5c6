"""What a carrier has of organisations in the access matrix: people, an invitation, a watch, a key, secretly named."""

from datetime import timedelta

from django.utils import timezone
from tests.command.access.owning import Owned
from tests.command.people import World

from fanzha.command.organizations.models import ApiKey, Duty, Invitation, Membership, Person
from fanzha.command.web.roles import Role


def owned(world: World, secret: str) -> Owned:
    """Make them."""
    carrier, now = world["carrier"], timezone.now()
    person = Person.objects.create_user("secret@carrier.example", name=secret)
    Membership.objects.create(person=person, organization=carrier, role=Role.CLERK)
    waiting, _token = Invitation.make(carrier, "waiting@carrier.example", secret, ["clerk"], None)
    key, _secret = ApiKey.make(carrier, secret, scopes=["flows:read"])
    deputy = world.person("carrier", Role.ANALYST)
    watch = Duty.objects.create(
        organization=carrier, officer=person, deputy=deputy, since=now, until=now + timedelta(hours=1)
    )
    api = "api/v1/organizations"
    return Owned(
        hidden={
            "people/{ref}": person.ref,
            "people/invitations/{number}": waiting.pk,
            "organizations/{ref}": carrier.ref,
            "duties/{number}": watch.pk,
            "keys/{number}": key.pk,
            f"{api}/people/{{ref}}": person.ref,
            f"{api}/invitations/{{number}}": waiting.pk,
            f"{api}/organizations/{{ref}}": carrier.ref,
            f"{api}/duties/{{number}}": watch.pk,
            f"{api}/keys/{{number}}": key.pk,
        },
        bodies={
            f"POST {api}/organizations/{{ref}}/administrator": {"email": "boss@carrier.example", "name": "Boss"},
        },
        shared={"join/{token}": "no-such-token", "people/{ref}/{act}": "suspend"},
    )

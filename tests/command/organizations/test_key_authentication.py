"""A key is authenticated as its organisation; the time of its last use has the precision of a minute."""

from datetime import timedelta

from django.utils import timezone
from tests.command.people import World
from tests.command.web.api.asking import asking

from fanzha.command.organizations.key_authentication import authenticate_key
from fanzha.command.organizations.models import ApiKey


def secret_of(world: World) -> str:
    return str(asking(world, "carrier").defaults["HTTP_AUTHORIZATION"]).removeprefix("Bearer ")


def test_a_key_is_a_caller_of_its_organization(world: World) -> None:
    caller = authenticate_key(secret_of(world))
    assert caller is not None
    assert caller.name.startswith("key:") and caller.viewer.organization == world["carrier"].pk
    assert authenticate_key("fz_wrong") is None


def test_the_last_use_is_recorded_at_most_once_a_minute(world: World) -> None:
    secret = secret_of(world)
    authenticate_key(secret)
    first = ApiKey.objects.get().last_used_at
    authenticate_key(secret)
    assert ApiKey.objects.get().last_used_at == first
    ApiKey.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    authenticate_key(secret)
    later = ApiKey.objects.get().last_used_at
    assert first is not None and later is not None and later >= first

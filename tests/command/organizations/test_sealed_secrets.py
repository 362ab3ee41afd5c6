"""What is sealed is read again by this installation alone, and a change to it is noticed."""

import base64

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidTag
from tests.command.organizations.second_factors import set_up
from tests.command.people import World

from fanzha.command.organizations.sealed_secrets import EncryptedSecretsAdapter
from fanzha.command.web.roles import Role


def test_what_is_sealed_is_read_again_and_looks_different_each_time() -> None:
    box = get_adapter()
    assert isinstance(box, EncryptedSecretsAdapter)
    first, second = box.encrypt("a secret"), box.encrypt("a secret")
    assert first != second and "a secret" not in first
    assert box.decrypt(first) == box.decrypt(second) == "a secret"


def test_a_changed_one_is_refused() -> None:
    sealed = bytearray(base64.b64decode(EncryptedSecretsAdapter().encrypt("a secret")))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        EncryptedSecretsAdapter().decrypt(base64.b64encode(bytes(sealed)).decode())


def test_the_last_factor_stays_where_one_is_wanted(world: World) -> None:
    person = world.person("carrier", Role.ANALYST)
    set_up(person)
    app = Authenticator.objects.get(user=person, type=Authenticator.Type.TOTP)
    assert EncryptedSecretsAdapter().can_delete_authenticator(app)
    world["carrier"].second_factor = True
    world["carrier"].save()
    assert not EncryptedSecretsAdapter().can_delete_authenticator(app)
    key = Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data={})
    assert EncryptedSecretsAdapter().can_delete_authenticator(
        app
    ) and EncryptedSecretsAdapter().can_delete_authenticator(key)

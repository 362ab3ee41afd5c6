"""Keys lie in files that others cannot read; rows hold names and public halves alone."""

from pathlib import Path

import pytest
from tests.command.orders.given import THEIR_KEY, endpoint
from tests.command.people import World

from fanzha.base.errors import UsageError
from fanzha.command.orders.endpoint_keys import channel_endpoint, our_public_keys, signing_keys, verification_keys
from fanzha.dispose import public_key, shared_secret
from fanzha.store.keys import load_key

pytestmark = pytest.mark.usefixtures("own_home")


def test_each_side_signs_with_its_own_key(world: World) -> None:
    receiving = endpoint(world, "carrier", "signed_webhook")
    assert our_public_keys(receiving) == [public_key(signing_key) for signing_key in signing_keys(receiving)]
    assert verification_keys(receiving) == (public_key(THEIR_KEY),)


def test_while_a_key_changes_the_one_before_signs_too(world: World) -> None:
    receiving = endpoint(world, "carrier", "signed_webhook")
    (before,) = signing_keys(receiving)
    receiving.generation = 2
    newest, previous = signing_keys(receiving)
    assert previous == before != newest


def test_a_shared_secret_is_named_never_kept(world: World, own_home: Path) -> None:
    receiving = endpoint(
        world, "carrier", "signed_webhook", secret_file="orders-carrier", address="https://a.example/x"
    )
    with pytest.raises(UsageError, match="is not there"):
        signing_keys(receiving)
    file = own_home / "keys" / "orders-carrier"
    file.parent.mkdir(mode=0o700)
    file.write_text(secret := shared_secret(bytes(32)))
    file.chmod(0o644)
    with pytest.raises(UsageError, match="others"):
        signing_keys(receiving)
    file.chmod(0o600)
    file.write_bytes(bytes(range(200, 232)))
    with pytest.raises(UsageError, match="holds no shared secret"):
        signing_keys(receiving)
    file.write_text(secret)
    channel = channel_endpoint(receiving)
    assert channel.signing_keys == channel.verification_keys == (secret,) and our_public_keys(receiving) == []
    assert secret not in repr(channel) and channel.url == "https://a.example/x"


@pytest.mark.parametrize("name", ["../fanzha.toml", "site"])
def test_no_other_file_can_be_named(world: World, own_home: Path, name: str) -> None:
    load_key("site")
    with pytest.raises(UsageError):
        signing_keys(endpoint(world, "carrier", "signed_webhook", secret_file=name))


def test_the_secret_of_another_organisation_neither_signs_nor_verifies(world: World, own_home: Path) -> None:
    name = f"orders-{world['bank'].ref.lower()}-webhook"
    write_secret(own_home, name)
    owned = endpoint(world, "bank", "signed_webhook", secret_file=name)
    foreign = endpoint(world, "carrier", "signed_webhook", secret_file=name)
    assert len(signing_keys(owned)) == 1
    for keys in (signing_keys, verification_keys):
        with pytest.raises(UsageError, match="does not belong"):
            keys(foreign)


def test_a_name_without_a_reference_stays_valid_for_the_only_organisation_that_uses_it(
    world: World, own_home: Path
) -> None:
    write_secret(own_home, "orders-old")
    first = endpoint(world, "carrier", "signed_webhook", secret_file="orders-old")
    endpoint(world, "carrier", "signed_file", secret_file="orders-old")
    assert len(signing_keys(first)) == 1
    second = endpoint(world, "bank", "signed_webhook", secret_file="orders-old")
    for shared in (first, second):
        with pytest.raises(UsageError, match="does not belong"):
            signing_keys(shared)


def write_secret(home: Path, name: str) -> None:
    file = home / "keys" / name
    file.parent.mkdir(mode=0o700, exist_ok=True)
    file.write_text(shared_secret(bytes(32)))
    file.chmod(0o600)

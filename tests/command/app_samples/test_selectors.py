"""Samples are found by name, hash or certificate; others that share something come first by how much."""

import pytest
from django.utils import timezone
from tests.command.app_samples.samples_made import apk, taken
from tests.command.people import World

from fanzha.command.app_samples.models import AppSample, SampleTrait
from fanzha.command.app_samples.sample_reader import read_samples
from fanzha.command.app_samples.selectors import (
    count_states,
    find_proven_hashes,
    find_related,
    find_samples,
    store_facts,
)
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_samples_share_certificates_and_hosts(world: World) -> None:
    first = taken(world)
    taken(world, data=apk("公安核查", "net.other.police"))
    taken(world, data=apk("天气", "com.example.weather", "Alice"))
    taken(world, "carrier", apk("公安", "net.third.police"))
    read_samples(world["centre"].pk)
    read_samples(world["carrier"].pk)
    with scoped_to(world.viewer("centre", Role.ANALYST)):
        (related,) = find_related(AppSample.objects.get(pk=first.pk))
        assert (related.sample.label, related.kinds) == ("公安核查", ["host", "signer"])
        assert [sample.label for sample in find_samples(text="核查")] == ["公安核查"]
        assert find_samples(text=first.sha256[:12]).get().pk == first.pk
        assert find_samples("found").count() == 3 and count_states()["found"] == 3
        facts = store_facts(first.sha256)
        assert facts is not None and facts.hosts == ("police.example",) and facts.certificates
        assert store_facts("0" * 64) is None


def test_a_hash_is_proven_by_a_package_that_was_read_for_the_organisation(world: World) -> None:
    now, read, not_read, signer = timezone.now(), "0a" * 32, "0b" * 32, "0c" * 32
    shared = {"owner": world["centre"], "file_bytes": 1, "source": "desk", "received_at": now}
    row = AppSample._base_manager.create(**shared, sha256=read, state="read")
    AppSample._base_manager.create(**shared, sha256=not_read, state="unreadable")
    SampleTrait._base_manager.create(owner=world["centre"], sample=row, kind="signer", value=signer)
    values = [f"apk:{read}", f"apk:{not_read}", f"cert:{signer}", f"cert:{read}", "com.example.app"]
    access = unscoped("a test asks for an organisation")
    assert find_proven_hashes(world["centre"].pk, values, access) == {f"apk:{read}", f"cert:{signer}"}
    assert not find_proven_hashes(world["carrier"].pk, values, access)

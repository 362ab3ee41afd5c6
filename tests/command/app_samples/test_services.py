"""A file is one sample an organisation: disclosed for a purpose, handed on once, erased with its last owner."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.app_samples.samples_made import apk, taken
from tests.command.people import World

from fanzha.command.app_samples.models import AppSample
from fanzha.command.app_samples.quarantine import MAGIC, find_sample_file
from fanzha.command.app_samples.sample_reader import read_samples
from fanzha.command.app_samples.services import disclose_sample, erase_sample, open_app_process, remove_old_files
from fanzha.command.organizations.models import DisclosedValue
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.processes.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def fresh(sample: AppSample) -> AppSample:
    with unscoped("test"):
        return AppSample.objects.select_related("owner").get(pk=sample.pk)


def test_the_same_file_again_is_the_same_sample(world: World) -> None:
    data = apk()
    first, again, other = taken(world, data=data), taken(world, data=data), taken(world, "carrier", data)
    assert first.ref == again.ref != other.ref


def test_a_sample_is_disclosed_for_a_purpose_on_record(world: World) -> None:
    sample, viewer = fresh(taken(world)), world.viewer("centre", Role.ANALYST)
    with scoped_to(viewer):
        assert disclose_sample(viewer, sample, "analysis").startswith(MAGIC)
    with unscoped("test"):
        assert DisclosedValue.objects.filter(owner=world["centre"]).exists()


def test_a_file_goes_with_the_last_organisation_that_keeps_it(world: World) -> None:
    data = apk()
    first, second = fresh(taken(world, data=data)), fresh(taken(world, "carrier", data))
    with scoped_to(world.viewer("centre", Role.ANALYST)):
        erase_sample(world.viewer("centre", Role.ANALYST), first)
    assert find_sample_file(first.sha256) is not None
    with scoped_to(world.viewer("carrier", Role.ANALYST)):
        erase_sample(world.viewer("carrier", Role.ANALYST), second)
    assert find_sample_file(first.sha256) is None
    with pytest.raises(Refusal):
        disclose_sample(world.viewer("centre", Role.ANALYST), fresh(first), "analysis")
    assert taken(world, data=data).ref == first.ref and fresh(first).erased_at is None, "it may be taken in again"


def test_a_sample_is_handed_on_once_when_it_was_read(world: World) -> None:
    sample, viewer = fresh(taken(world)), world.viewer("centre", Role.ANALYST)
    with scoped_to(viewer), pytest.raises(Refusal, match="not read"):
        open_app_process(viewer, sample)
    read_samples(world["centre"].pk)
    with scoped_to(viewer):
        stale = fresh(sample)
        instance = open_app_process(viewer, fresh(sample))
        assert fresh(sample).process == instance.ref
        with pytest.raises(Refusal, match="already"):
            open_app_process(viewer, fresh(sample))
        with pytest.raises(Refusal, match="already"):
            open_app_process(viewer, stale)


def test_files_leave_after_their_time(world: World) -> None:
    sample = taken(world)
    assert remove_old_files(timezone.now()) == 0
    assert remove_old_files(timezone.now() + timedelta(days=181)) == 1
    assert fresh(sample).erased_at is not None

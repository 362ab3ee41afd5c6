"""A sample is read with its facts, findings and traits; one that is broken says why."""

from pathlib import Path

import pytest
from tests.android_packages import package
from tests.command.app_samples.samples_made import apk, taken
from tests.command.people import World

from fanzha.command.app_samples.models import AppSample, SampleTrait
from fanzha.command.app_samples.sample_reader import read_samples
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def fresh(sample: AppSample) -> AppSample:
    with unscoped("test"):
        return AppSample.objects.get(pk=sample.pk)


def test_facts_findings_and_traits_are_stored(world: World) -> None:
    sample = taken(world)
    assert read_samples(world["centre"].pk) == 1 and read_samples(world["centre"].pk) == 0
    read = fresh(sample)
    assert (read.state, read.label, read.package) == ("read", "公安协查", "com.example.police")
    assert read.score is not None and read.fraud_type == "fake_authority" and "公安协查" in read.sentence_zh
    with unscoped("test"):
        kinds = set(SampleTrait.objects.filter(sample=read).values_list("kind", flat=True))
    assert kinds == {"signer", "host", "code", "package"}


def test_keys_that_belong_to_everybody_tie_nothing(world: World) -> None:
    sample = taken(world, data=apk(signer="Android Debug"))
    read_samples(world["centre"].pk)
    with unscoped("test"):
        assert not SampleTrait.objects.filter(sample=sample, kind="signer").exists()


def test_a_broken_file_says_why(world: World) -> None:
    sample = taken(world, data=package({"a.txt": b"hello"}))
    read_samples(world["centre"].pk)
    read = fresh(sample)
    assert read.state == "unreadable" and "AndroidManifest.xml" in read.problem_en and read.problem_zh


def test_findings_are_there_before_the_sample_is_stored(
    world: World, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save(*_: object, **__: object) -> None:
        raise OSError("killed")

    sample = taken(world)
    with monkeypatch.context() as patch, pytest.raises(OSError, match="killed"):
        patch.setattr(AppSample, "save", save)
        read_samples(world["centre"].pk)
    assert fresh(sample).state == "waiting" and [path for path in home.rglob("spool/**/*") if path.is_file()]

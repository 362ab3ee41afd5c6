"""A desk takes a file in, reads what it can do in plain words, takes it out, erases it and hands it on."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.command.app_samples.samples_made import apk, taken
from tests.command.people import World

from fanzha.command.app_samples.models import AppSample
from fanzha.command.app_samples.sample_reader import read_samples
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_a_file_is_taken_in_by_the_desk(world: World) -> None:
    client = world.client("centre", Role.ANALYST)
    answer = client.post(reverse("app_samples"), {"file": SimpleUploadedFile("a.apk", apk()), "note": "群聊链接"})
    with unscoped("test"):
        sample = AppSample.objects.get()
    assert answer.status_code == 302 and answer["Location"] == reverse("app_sample", args=[sample.ref])
    wrong = client.post(reverse("app_samples"), {"file": SimpleUploadedFile("a.apk", b"hello")})
    assert wrong.status_code == 422


def test_the_page_says_in_plain_words_what_an_app_can_do(world: World) -> None:
    sample, other = taken(world), taken(world, data=apk("公安核查", "net.other.police"))
    read_samples(world["centre"].pk)
    client = world.client("centre", Role.ANALYST)
    page = client.get(reverse("app_sample", args=[sample.ref])).content.decode()
    for words in ("READ_SMS", "police.example", "公安核查", "com.example.police"):
        assert words in page
    listed = client.get(reverse("app_samples"), {"text": "核查"}).content.decode()
    assert other.ref in listed and sample.ref not in listed


def test_a_file_leaves_masked_and_is_erased(world: World) -> None:
    sample = taken(world)
    client = world.client("centre", Role.ANALYST)
    assert client.post(reverse("app_sample_download", args=[sample.ref]), {"purpose": ""}).status_code == 422
    answer = client.post(reverse("app_sample_download", args=[sample.ref]), {"purpose": "analysis"})
    assert answer["Content-Disposition"].endswith('.quarantine"') and b"AndroidManifest" not in answer.content
    client.post(reverse("app_sample_erase", args=[sample.ref]))
    gone = client.post(reverse("app_sample_download", args=[sample.ref]), {"purpose": "analysis"})
    assert gone.status_code == 422


def test_a_sample_is_handed_on(world: World) -> None:
    sample = taken(world)
    read_samples(world["centre"].pk)
    client = world.client("centre", Role.ANALYST)
    answer = client.post(reverse("app_sample_hand_on", args=[sample.ref]))
    assert "/app-samples/" not in answer["Location"]

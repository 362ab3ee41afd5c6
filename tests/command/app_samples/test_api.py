"""The same by the API."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.command.app_samples.samples_made import apk, taken
from tests.command.people import World

from fanzha.command.app_samples.sample_reader import read_samples
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
API = "/api/v1/app_samples/"


def test_a_program_takes_a_file_in_and_reads_its_facts(world: World) -> None:
    client = world.client("centre", Role.ANALYST)
    answer = client.post(API, {"file": SimpleUploadedFile("a.apk", apk())})
    assert answer.status_code == 201 and answer.json()["state"] == "waiting"
    ref = answer.json()["ref"]
    taken(world, data=apk("公安核查", "net.other.police"))
    read_samples(world["centre"].pk)
    facts = client.get(f"{API}{ref}").json()
    assert facts["package"] == "com.example.police" and facts["score"] >= 0.6
    assert facts["related"][0]["shares"] == ["host", "signer"]
    assert client.get(API, {"text": "核查"}).json()["items"][0]["label"] == "公安核查"


def test_a_file_leaves_in_a_container_and_is_erased(world: World) -> None:
    sample, client = taken(world), world.client("centre", Role.ANALYST)
    answer = client.post(f"{API}{sample.ref}/download", {"purpose": "analysis"}, content_type="application/json")
    assert answer.json()["name"] == f"{sample.sha256}.quarantine"
    assert client.delete(f"{API}{sample.ref}/file").status_code == 204
    assert client.get(f"{API}{sample.ref}").json()["is_erased"]


def test_a_sample_is_handed_on(world: World) -> None:
    sample, client = taken(world), world.client("centre", Role.ANALYST)
    assert client.post(f"{API}{sample.ref}/indicator").status_code in (409, 422)
    read_samples(world["centre"].pk)
    assert client.post(f"{API}{sample.ref}/indicator").status_code == 201

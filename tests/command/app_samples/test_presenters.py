"""A row says what was found; certificates are shown once with their schemes."""

import pytest
from tests.command.app_samples.samples_made import taken
from tests.command.people import World

from fanzha.command.app_samples.presenters import present_facts, present_permissions, present_row, present_signers
from fanzha.command.app_samples.sample_reader import read_samples
from fanzha.command.app_samples.selectors import load_report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_a_sample_is_presented(world: World) -> None:
    sample = taken(world)
    assert len(present_row(sample).badges) == 1
    read_samples(world["centre"].pk)
    sample.refresh_from_db()
    report = load_report(sample)
    row = present_row(sample)
    assert row.title == "公安协查" and "com.example.police" in row.summary
    assert [fact.key for fact in present_signers(report)] == ["v2"]
    assert [name for name, words in present_permissions(report) if words] == ["INTERNET", "READ_SMS"]
    assert sample.sha256 in [fact.value for fact in present_facts(sample, report)]

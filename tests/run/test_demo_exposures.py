"""The demo's provider read a log on a confirmed basis, and has people of a case to warn."""

from pathlib import Path

import pytest
from django.utils import timezone

from fanzha.command.exposures.models import Exposure, ExposureBasis, ExposureFile, ExposureWarning
from fanzha.command.web.scoping import unscoped
from fanzha.run.demo_clock import DemoClock
from fanzha.run.demo_exposures import PEOPLE, add_exposures
from fanzha.run.demo_province import create_demo_province
from fanzha.run.demo_public import block_site
from fanzha.run.demo_site import SITE_SETTINGS
from fanzha.run.demo_steps import DemoSteps

pytestmark = pytest.mark.django_db


def test_a_log_was_read_and_the_people_of_the_case_are_to_be_warned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "fanzha.toml").write_text(SITE_SETTINGS, "utf-8")
    now = timezone.now()
    steps = DemoSteps(create_demo_province("a long made-up pass phrase"), DemoClock(now))
    with unscoped("test"):
        block_site(steps, now)
        add_exposures(steps, now)
        file = ExposureFile.objects.get()
        assert (file.state, file.people, file.rejected) == ("done", PEOPLE, 2)
        assert Exposure.objects.values("number").distinct().count() == PEOPLE
        assert ExposureWarning.objects.count() == PEOPLE
        assert ExposureBasis.objects.filter(confirmed_at=None).count() == 1

"""The demo's operators have the numbers that rates per million need."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from fanzha.command.statistics.selectors import kpi, last_month
from fanzha.command.web.scoping import unscoped
from fanzha.run.demo_figures import enter_numbers
from fanzha.run.demo_province import create_demo_province

pytestmark = pytest.mark.django_db


def test_no_number_of_an_operator_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    now = timezone.now()
    province = create_demo_province("a long made-up pass phrase", now - timedelta(days=3))
    with unscoped("test"):
        enter_numbers(province, now)
    rate = kpi("reports_per_million", province["mobile"], last_month(now))
    assert not rate.missing and rate.value == 0
    assert (kpi("real_name_rate", province["telecom"], last_month(now)).value or 0) > 99

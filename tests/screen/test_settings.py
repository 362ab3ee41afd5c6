"""A trunk without a table of its own gets the table `*`, else the defaults; logs are kept as long as the law asks."""

import msgspec
import pytest

from fanzha.screen.settings import EnforcementStep, LogSettings, ScreenSettings, TrunkSettings


def test_an_unnamed_trunk_gets_the_table_for_all_others() -> None:
    named, others = TrunkSettings(acts=EnforcementStep.REFUSE), TrunkSettings(acts=EnforcementStep.LABEL)
    settings = ScreenSettings(trunks={"IGW-1": named, "*": others})
    assert settings.trunk("IGW-1") is named
    assert settings.trunk("MSC-1") is others


def test_without_a_table_for_all_others_a_trunk_runs_in_shadow() -> None:
    assert ScreenSettings().trunk("IGW-1").acts is EnforcementStep.SHADOW


def test_network_logs_are_kept_as_long_as_the_law_asks() -> None:
    assert msgspec.convert({"days": 184}, LogSettings).days == LogSettings().days == 184
    with pytest.raises(msgspec.ValidationError, match="Cybersecurity Law, Art. 21"):
        msgspec.convert({"days": 183}, LogSettings)

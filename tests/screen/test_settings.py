"""A trunk without a table of its own gets the table `*`, else the defaults."""

from fanzha.screen.settings import EnforcementStep, ScreenSettings, TrunkSettings


def test_an_unnamed_trunk_gets_the_table_for_all_others() -> None:
    named, others = TrunkSettings(acts=EnforcementStep.REFUSE), TrunkSettings(acts=EnforcementStep.LABEL)
    settings = ScreenSettings(trunks={"IGW-1": named, "*": others})
    assert settings.trunk("IGW-1") is named
    assert settings.trunk("MSC-1") is others


def test_without_a_table_for_all_others_a_trunk_runs_in_shadow() -> None:
    assert ScreenSettings().trunk("IGW-1").acts is EnforcementStep.SHADOW

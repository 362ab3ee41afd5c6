"""A sample and what it shares name themselves."""

from fanzha.command.app_samples.models import AppSample, SampleTrait, TraitKind


def test_rows_name_themselves() -> None:
    assert str(AppSample(ref="01ABC")) == "01ABC"
    assert str(SampleTrait(kind=TraitKind.HOST, value="a.example")) == "host a.example"

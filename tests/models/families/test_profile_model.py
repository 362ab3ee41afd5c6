"""What both profile models share: answers, source with its licence, and limits said in both languages."""

import pytest

from fanzha.models import all_models
from fanzha.models.families.profile_model import ProfileModel

MODELS = [model for model in all_models().values() if isinstance(model, ProfileModel)]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_profile_models_answer_yes_or_no_and_say_their_limits(model: ProfileModel) -> None:
    assert model.answers == "yes_no" and model.reads == "subscriber_profile"
    assert all(limit.zh and limit.en for limit in model.limits) and len(model.limits) >= 2
    assert all(source.licence and source.positive == ("1",) for source in model.sources)


def test_both_profile_models_are_there() -> None:
    assert {model.name for model in MODELS} == {"subscriber", "subscriber-usage"}

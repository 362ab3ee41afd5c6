"""One request a text waits at a time."""

import pytest
from django.db import IntegrityError, transaction
from tests.command.detection_rules.factories import asked, in_shadow
from tests.command.people import World

from fanzha.command.detection_rules.models import RuleRequest


def test_a_text_has_one_waiting_request(world: World) -> None:
    request = asked(world, in_shadow(world))
    again = {
        "owner": request.owner,
        "rule": "burst",
        "text": request.text,
        "target": "live",
        "made_by": request.made_by,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleRequest._base_manager.create(**again)
    RuleRequest._base_manager.update(state="refused")
    assert RuleRequest._base_manager.create(**again).state == "waiting" and str(request).startswith("burst")

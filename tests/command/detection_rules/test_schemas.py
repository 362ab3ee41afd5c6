"""People are named by reference in the API."""

from tests.command.detection_rules.factories import asked, in_shadow, rule_state
from tests.command.people import World

from fanzha.command.detection_rules.schemas import RuleRequestOut, RuleTextOut
from fanzha.command.web.roles import Role


def test_a_text_names_its_open_request_and_the_asker_by_reference(world: World) -> None:
    text = in_shadow(world)
    request = asked(world, text)
    assert RuleRequestOut.of(request).made_by == world.person("carrier", Role.ANALYST).ref
    told = RuleTextOut.of(rule_state(world, text))
    assert told.request is not None and told.request.ref == request.ref and told.title.zh == "外呼突增"

"""A persona is consistent: user agent, client hints and screen belong to the same device."""

import pytest

from fanzha.collect.pages.personas import PERSONAS, Persona
from fanzha.store.look_settings import LookSettings


@pytest.mark.parametrize("persona", PERSONAS.values(), ids=PERSONAS)
def test_user_agent_and_hints_are_of_one_device(persona: Persona) -> None:
    agent, hints = persona.user_agent("156"), persona.client_hints("156")
    assert "Chrome/156.0.0.0" in agent and "Headless" not in agent
    assert persona.is_phone == ("Mobile" in agent) == hints["mobile"] == (persona.width < persona.height)
    assert str(hints["platform"]) in agent and str(hints["model"]) in agent


def test_the_settings_name_every_persona() -> None:
    assert set(LookSettings().personas) == PERSONAS.keys()

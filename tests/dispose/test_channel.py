"""Channels say what they serve, in both languages and in the words of organisations and laws that there are."""

import pytest
from tests.dispose.keys import ENDPOINT

from fanzha.dispose import ACTION_SPECS, Action, DisposalChannel, IncomingMessage, all_channels, channels_for
from fanzha.dispose._examples import GIVEN_AT, example_order
from fanzha.kinds import all_kinds
from fanzha.processes.legal_basis import legal_basis_words
from fanzha.processes.roles import role_table

CHANNELS = [pytest.param(channel, id=name) for name, channel in all_channels().items()]


def test_decisions_requests_and_files_are_there() -> None:
    assert {"number_treatment", "number_limit", "signed_webhook", "signed_file"} <= set(all_channels())


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_channel_is_told_in_both_languages_and_has_an_example(channel: DisposalChannel) -> None:
    assert all((*channel.title, *channel.tells, *channel.proof, channel.standard))
    assert any(not one.refused for one in channel.examples)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_channel_serves_what_there_is(channel: DisposalChannel) -> None:
    assert channel.kinds <= set(all_kinds()) and channel.receivers <= set(role_table().kinds)
    assert any(channel.serves(a, k, r) for a in channel.actions for k in channel.kinds for r in channel.receivers)


@pytest.mark.parametrize("action", Action)
def test_an_action_is_of_a_law_concerns_a_kind_and_can_be_carried_out_by_somebody(action: Action) -> None:
    act = ACTION_SPECS[action]
    assert all(act.title) and all(act.keeps)
    assert all(legal_basis_words(code) for code in act.law)
    assert set(act.kinds) <= set(all_kinds()) and set(act.by) <= set(role_table().kinds)
    served = [c for c in all_channels().values() for k in act.kinds for r in act.by if c.serves(action, k, r)]
    assert {"http", "file"} <= {one.goes for one in served}


def test_who_may_carry_out_an_action_is_who_it_can_be_sent_to() -> None:
    instruction = example_order(Action.LIMIT_OUTGOING, ("phone_number", "+8617000000001"))
    assert [one.name for one in channels_for(instruction, "carrier")] == [
        "number_limit",
        "signed_file",
        "signed_webhook",
    ]
    assert channels_for(instruction, "bank") == []


def test_nobody_answers_where_the_screen_acts() -> None:
    with pytest.raises(ValueError, match="nobody answers"):
        all_channels()["number_limit"].read_answer(IncomingMessage(b"{}"), ENDPOINT, GIVEN_AT)

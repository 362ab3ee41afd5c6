"""A call is from the configured number to the person, and says the warning and the key in the languages it has."""

import pytest
from tests.warn.notices import NOTICE

from fanzha.base.words import Words
from fanzha.warn import Gateway
from fanzha.warn.voice import CHANNEL, MOST_CHARACTERS, PRESS_KEY, compose_speech

GATEWAY = Gateway("sip:ims.example", sender="96110")


def test_the_addresses_of_the_call() -> None:
    built = CHANNEL.build(NOTICE, GATEWAY)
    assert built.headers == {
        "To": "<sip:+8617000000900@ims.example;user=phone>",
        "From": "<sip:96110@ims.example;user=phone>",
    }
    assert NOTICE.words.zh in built.body.decode() and PRESS_KEY.en in built.body.decode()


def test_one_language_is_spoken_with_its_key_alone() -> None:
    assert compose_speech(Words("请勿转账。", "")) == f"请勿转账。 {PRESS_KEY.zh}"


def test_a_message_has_a_longest_length() -> None:
    spoken = compose_speech(Words("请" * 1_000, ""))
    assert len(spoken) <= MOST_CHARACTERS + len(PRESS_KEY.zh) + 1


@pytest.mark.parametrize("number", ["", "+86\r\nVia: x", "sip:a@b", "+1>;tag=x", "1" * 40])
def test_nothing_but_a_number_is_called_and_calls(number: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        CHANNEL.build(NOTICE._replace(to=number), GATEWAY)
    with pytest.raises(ValueError, match="sender"):
        CHANNEL.build(NOTICE, Gateway("sip:ims.example", sender=number))

"""The request to an app names the number and the words, and nothing else."""

import json

import pytest
from tests.warn.notices import NOTICE

from fanzha.warn import Gateway
from fanzha.warn.app import CHANNEL

GATEWAY = Gateway("https://app.example/warn")


def test_the_body_has_number_and_words() -> None:
    built = CHANNEL.build(NOTICE, GATEWAY)
    assert built.url == GATEWAY.url and json.loads(built.body) == {
        "type": "fanzha.warning.v1",
        "to": NOTICE.to,
        "words": NOTICE.words._asdict(),
        "advice": NOTICE.advice._asdict(),
    }


@pytest.mark.parametrize("number", ["", "17000000900", "+86 170"])
def test_only_a_number_in_e164_is_named(number: str) -> None:
    with pytest.raises(ValueError, match=r"E\.164"):
        CHANNEL.build(NOTICE._replace(to=number), GATEWAY)

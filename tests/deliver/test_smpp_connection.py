"""A connection binds, asks whether the SMSC is there, and says whether a request without an answer had left."""

import asyncio
from dataclasses import replace

import pytest
from tests.deliver.smsc import Smsc, running_smsc, wait_for

from fanzha.base.smpp import (
    BIND_TRANSCEIVER,
    ENQUIRE_LINK,
    ENQUIRE_LINK_RESP,
    ESME_ROK,
    ESME_RSYSERR,
    GENERIC_NACK,
    RESPONSE,
    SUBMIT_SM,
    UNBIND,
    Address,
    Pdu,
    ShortMessage,
)
from fanzha.deliver.smpp_connection import ConnectionFailed, NotSubmitted, SmppConnection, Unanswered

pytestmark = pytest.mark.usefixtures("socket_enabled")


def ignore(_message: ShortMessage) -> None:
    """Take a message."""


async def connect(smsc: Smsc, **changes: object) -> SmppConnection:
    return await SmppConnection.open(smsc.settings(**changes), "secret", BIND_TRANSCEIVER, ignore)


def test_it_binds_enquires_and_unbinds() -> None:
    async def scenario() -> list[int]:
        async with running_smsc(Smsc()) as smsc:
            connection = await connect(smsc, enquire_seconds=0.01)
            await wait_for(lambda: smsc.commands.count(ENQUIRE_LINK) > 1)
            await connection.close()
            return smsc.commands

    commands = asyncio.run(scenario())
    assert (commands[0], commands[-1]) == (BIND_TRANSCEIVER, UNBIND)


def test_a_refused_bind_says_why() -> None:
    async def scenario() -> None:
        async with running_smsc(Smsc(bind_status=0x0E)) as smsc:
            with pytest.raises(ConnectionFailed, match="ESME_RINVPASWD"):
                await connect(smsc)

    asyncio.run(scenario())


def test_a_password_that_cannot_be_sent_is_no_connection() -> None:
    with pytest.raises(ConnectionFailed, match="8 ASCII characters"):
        asyncio.run(SmppConnection.open(Smsc().settings(), "nine-long", BIND_TRANSCEIVER, ignore))


def test_nobody_there_is_no_connection() -> None:
    async def scenario() -> None:
        async with running_smsc(Smsc()) as smsc:
            settings = smsc.settings()
        with pytest.raises(ConnectionFailed):
            await SmppConnection.open(settings, "secret", BIND_TRANSCEIVER, ignore)

    asyncio.run(scenario())


def test_a_request_without_an_answer_is_unanswered_and_the_next_does_not_leave() -> None:
    async def scenario() -> None:
        async with running_smsc(Smsc(lambda _message, _number: None)) as smsc:
            connection = await connect(smsc, answer_seconds=0.05)
            with pytest.raises(Unanswered):
                await connection.request(SUBMIT_SM, smsc_body())
            with pytest.raises(NotSubmitted):
                await connection.request(SUBMIT_SM, smsc_body())
            assert len(smsc.submitted) == 1
            await connection.abort()

    asyncio.run(scenario())


def test_a_dropped_connection_leaves_its_requests_unanswered_at_once() -> None:
    async def scenario() -> None:
        async with running_smsc(Smsc(lambda _message, _number: None)) as smsc:
            connection = await connect(smsc)
            request = asyncio.create_task(connection.request(SUBMIT_SM, smsc_body()))
            await wait_for(lambda: smsc.submitted)
            smsc.drop()
            with pytest.raises(Unanswered):
                await request
            await connection.abort()

    asyncio.run(scenario())


def test_a_message_that_cannot_be_recorded_is_asked_for_again() -> None:
    def fail(_message: ShortMessage) -> None:
        raise OSError("disk full")

    async def scenario() -> None:
        async with running_smsc(Smsc()) as smsc:
            connection = await SmppConnection.open(smsc.settings(), "secret", BIND_TRANSCEIVER, fail)
            smsc.receipt("m1", "DELIVRD")
            await wait_for(lambda: smsc.responses)
            assert smsc.responses[0].status == ESME_RSYSERR
            await connection.close()

    asyncio.run(scenario())


class Answering(Smsc):
    """An SMSC that answers each submission with the packets that a test says."""

    def __init__(self, *answers: Pdu) -> None:
        super().__init__()
        self.answers = answers

    def _handle_pdu(self, pdu: Pdu, writer: asyncio.StreamWriter) -> None:
        if pdu.command != SUBMIT_SM:
            super()._handle_pdu(pdu, writer)
            return
        for answer in self.answers:
            writer.write(replace(answer, sequence=pdu.sequence).encode())


SUBMITTED = Pdu(SUBMIT_SM | RESPONSE, 0, b"m1\0")


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ((Pdu(ENQUIRE_LINK_RESP, 0), SUBMITTED), ESME_ROK),
        ((Pdu(GENERIC_NACK, 0),), ESME_RSYSERR),
        ((Pdu(GENERIC_NACK, 0, status=3),), 3),
    ],
)
def test_only_the_response_of_its_own_kind_answers_a_request(answers: tuple[Pdu, ...], status: int) -> None:
    async def scenario() -> Pdu:
        async with running_smsc(Answering(*answers)) as smsc:
            connection = await connect(smsc)
            answer = await connection.request(SUBMIT_SM, smsc_body())
            await connection.close()
            return answer

    answer = asyncio.run(scenario())
    assert answer.status == status and answer.body == (b"m1\0" if status == ESME_ROK else b"")


def test_the_answer_before_a_broken_packet_counts() -> None:
    class Broken(Answering):
        def _handle_pdu(self, pdu: Pdu, writer: asyncio.StreamWriter) -> None:
            if pdu.command == SUBMIT_SM:
                writer.write(replace(SUBMITTED, sequence=pdu.sequence).encode() + bytes(16))
            else:
                super()._handle_pdu(pdu, writer)

    async def scenario() -> Pdu:
        async with running_smsc(Broken()) as smsc:
            connection = await connect(smsc)
            answer = await connection.request(SUBMIT_SM, smsc_body())
            await asyncio.wait_for(connection.closed.wait(), 5)
            await connection.abort()
            return answer

    assert asyncio.run(scenario()).body == b"m1\0"


def smsc_body() -> bytes:
    return ShortMessage(Address("96110"), Address("8617000000900"), b"x").encode()

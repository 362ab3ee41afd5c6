"""An SMSC on 127.0.0.1 for the tests of the sender: it answers as a test says and writes down what it was given."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from fanzha.base.smpp import (
    DELIVER_SM,
    ENQUIRE_LINK,
    ESME_ROK,
    RESPONSE,
    SUBMIT_SM,
    UNBIND,
    Address,
    Pdu,
    ShortMessage,
    split_pdus,
)
from fanzha.store.delivery_settings import SmppSettings

#: Returns the status and the message id that answer a submission; None: no answer at all.
Answer = Callable[[ShortMessage, int], tuple[int, str] | None]


def accept(_message: ShortMessage, number: int) -> tuple[int, str] | None:
    """Accept everything with ids m1, m2 …"""
    return ESME_ROK, f"m{number}"


class Smsc:
    """What an SMSC was given; `commands` are the ids of all packets that came."""

    def __init__(self, answer: Answer = accept, bind_status: int = ESME_ROK) -> None:
        self.answer, self.bind_status = answer, bind_status
        self.submitted: list[ShortMessage] = []
        self.commands: list[int] = []
        self.responses: list[Pdu] = []
        self.port = 0
        self._writers: list[asyncio.StreamWriter] = []

    def settings(self, **changes: object) -> SmppSettings:
        """Return the settings that reach it."""
        values = {"host": "127.0.0.1", "port": self.port, "system_id": "fanzha", "password_file": "smsc",
                  "sender": "96110", "most_a_second": 1_000.0, "answer_seconds": 2.0, **changes}  # fmt: skip
        return SmppSettings(**values)  # type: ignore[arg-type]

    def deliver(self, text: bytes, esm_class: int = 4) -> None:
        """Send a deliver_sm on the latest connection."""
        message = ShortMessage(Address("8617000000900"), Address("96110"), text, esm_class=esm_class)
        self._writers[-1].write(Pdu(DELIVER_SM, 1, message.encode()).encode())

    def receipt(self, message_id: str, state: str) -> None:
        """Send a delivery receipt."""
        self.deliver(f"id:{message_id} sub:001 stat:{state} err:000 text:".encode())

    def drop(self) -> None:
        """End all connections."""
        for writer in self._writers:
            writer.close()
        self._writers.clear()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        self._writers.append(writer)
        rest = b""
        with suppress(ConnectionError):
            while received := await reader.read(65_536):
                pdus, rest = split_pdus(rest + received)
                for pdu in pdus:
                    self._handle_pdu(pdu, writer)
        writer.close()

    def _handle_pdu(self, pdu: Pdu, writer: asyncio.StreamWriter) -> None:
        self.commands.append(pdu.command)
        if pdu.command & RESPONSE:
            self.responses.append(pdu)
            return
        status, body = ESME_ROK, b""
        if pdu.command == SUBMIT_SM:
            self.submitted.append(ShortMessage.decode(pdu.body))
            answer = self.answer(self.submitted[-1], len(self.submitted))
            if answer is None:
                return
            status, message_id = answer
            body = message_id.encode() + b"\0"
        elif pdu.command not in (ENQUIRE_LINK, UNBIND):
            status, body = self.bind_status, b"smsc\0"
        if not writer.is_closing():
            writer.write(Pdu(pdu.command | RESPONSE, pdu.sequence, body, status).encode())


@asynccontextmanager
async def running_smsc(smsc: Smsc) -> AsyncIterator[Smsc]:
    """Run an SMSC while a block is entered."""
    server = await asyncio.start_server(smsc.handle, "127.0.0.1", smsc.port)
    smsc.port = server.sockets[0].getsockname()[1]
    try:
        yield smsc
    finally:
        server.close()
        smsc.drop()
        await asyncio.sleep(0)


async def wait_for(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait until a condition holds. Raise TimeoutError."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)

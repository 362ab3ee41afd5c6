"""One connection to an SMSC (SMPP 3.4 §2): bind, requests in a window, enquire_link, receipts, unbind."""

import asyncio
import logging
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from fanzha.base.errors import Malformed
from fanzha.base.smpp import (
    DELIVER_SM,
    DELIVER_SM_RESP,
    ENQUIRE_LINK,
    ENQUIRE_LINK_RESP,
    ESME_RINVCMDID,
    ESME_ROK,
    ESME_RSYSERR,
    GENERIC_NACK,
    RESPONSE,
    UNBIND,
    UNBIND_RESP,
    Pdu,
    ShortMessage,
    encode_bind,
    split_pdus,
    status_name,
)
from fanzha.store.delivery_settings import SmppSettings

log = logging.getLogger(__name__)

#: Called with each deliver_sm before it is answered; if it raises, the SMSC is asked to deliver it again.
MessageCallback = Callable[[ShortMessage], None]
_CONNECT_SECONDS, _CLOSE_SECONDS = 10.0, 2.0
_MAX_SEQUENCE = 0x7FFFFFFF


class ConnectionFailed(Exception):
    """The SMSC could not be reached, or refused the bind. Nothing was submitted."""


class NotSubmitted(Exception):
    """The connection ended before the request left: it may be sent again."""


class Unanswered(Exception):
    """The request was sent and not answered: whether it was carried out is unknown."""


class SmppConnection:
    """A bound connection. It is closed for good when the SMSC ends it or does not answer."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        settings: SmppSettings,
        on_message: MessageCallback,
    ) -> None:
        self._reader, self._writer, self._settings, self._on_message = reader, writer, settings, on_message
        self._sequence = 0
        self._responses: dict[int, tuple[int, asyncio.Future[Pdu]]] = {}
        self.closed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def open(
        cls, settings: SmppSettings, password: str, command: int, on_message: MessageCallback
    ) -> "SmppConnection":
        """Connect and bind with a command (`BIND_TRANSCEIVER` …). Raise ConnectionFailed."""
        try:
            body = encode_bind(settings.system_id, password, settings.system_type)
        except ValueError:  # the password was changed since the start
            raise ConnectionFailed("the password is no password of SMPP: it has 8 ASCII characters at most") from None
        context = ssl.create_default_context() if settings.tls else None
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                reader, writer = await asyncio.open_connection(settings.host, settings.port, ssl=context)
        except (OSError, TimeoutError) as error:
            raise ConnectionFailed(f"{settings.host}:{settings.port}: {error or 'no answer'}") from None
        connection = cls(reader, writer, settings, on_message)
        connection._tasks = [asyncio.create_task(connection._read())]
        try:
            answer = await connection.request(command, body)
        except (NotSubmitted, Unanswered):
            await connection.abort()
            raise ConnectionFailed(f"{settings.host}:{settings.port} does not answer the bind") from None
        if answer.status != ESME_ROK:
            await connection.abort()
            raise ConnectionFailed(f"{settings.host}:{settings.port} refused the bind: {status_name(answer.status)}")
        connection._tasks.append(asyncio.create_task(connection._enquire()))
        return connection

    async def request(self, command: int, body: bytes) -> Pdu:
        """Send a request and return its response. Raise NotSubmitted or Unanswered; the connection is closed then."""
        if self.closed.is_set():
            raise NotSubmitted
        self._sequence = self._sequence % _MAX_SEQUENCE + 1
        sequence = self._sequence
        response: asyncio.Future[Pdu] = asyncio.get_running_loop().create_future()
        self._responses[sequence] = command | RESPONSE, response
        try:
            self._writer.write(Pdu(command, sequence, body).encode())
            async with asyncio.timeout(self._settings.answer_seconds):
                await self._writer.drain()
                return await response
        except (OSError, TimeoutError):
            self._end()
            raise Unanswered from None
        finally:
            self._responses.pop(sequence, None)

    async def close(self) -> None:
        """Unbind and close; nothing is asked after the unbind."""
        for task in self._tasks[1:]:
            task.cancel()
        if not self.closed.is_set():
            with suppress(NotSubmitted, Unanswered, TimeoutError):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await self.request(UNBIND, b"")
        await self.abort()

    async def abort(self) -> None:
        """Close without unbind, and wait for the tasks of the connection."""
        self._end()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._writer.wait_closed()

    def _end(self) -> None:
        """Close the connection; requests without an answer are unanswered."""
        self.closed.set()
        self._writer.close()
        for _, response in self._responses.values():
            if not response.done():
                response.set_exception(Unanswered())

    async def _read(self) -> None:
        rest = b""
        try:
            while received := await self._reader.read(65_536):
                pdus, rest = split_pdus(rest + received)
                while pdus:
                    for pdu in pdus:
                        self._handle(pdu)
                    pdus, rest = split_pdus(rest)
        except (OSError, Malformed) as error:
            log.warning("the connection to the SMSC ended: %s", error)
        finally:
            self._end()

    def _handle(self, pdu: Pdu) -> None:
        if pdu.command & RESPONSE:
            self._take_response(pdu)
        elif pdu.command == DELIVER_SM:
            self._answer(Pdu(DELIVER_SM_RESP, pdu.sequence, b"\0", self._receive(pdu)))
        elif pdu.command == ENQUIRE_LINK:
            self._answer(Pdu(ENQUIRE_LINK_RESP, pdu.sequence))
        elif pdu.command == UNBIND:
            self._answer(Pdu(UNBIND_RESP, pdu.sequence))
            self._end()
        else:
            self._answer(Pdu(GENERIC_NACK, pdu.sequence, status=ESME_RINVCMDID))

    def _take_response(self, pdu: Pdu) -> None:
        """Hand a response to the request that waits for one of its kind; a generic_nack is always a refusal (§4.3)."""
        expected, response = self._responses.get(pdu.sequence, (0, None))
        if response is None or response.done():
            return
        if pdu.command == GENERIC_NACK:
            response.set_result(replace(pdu, status=pdu.status or ESME_RSYSERR))
        elif pdu.command == expected:
            response.set_result(pdu)

    def _receive(self, pdu: Pdu) -> int:
        """Hand a deliver_sm over, and return the status of the answer."""
        try:
            self._on_message(ShortMessage.decode(pdu.body))
        except Malformed as error:
            log.warning("a deliver_sm that cannot be read: %s", error)
        except Exception:  # a full disk, for example: the SMSC keeps it and delivers it again
            log.exception("a deliver_sm could not be recorded")
            return ESME_RSYSERR
        return ESME_ROK

    def _answer(self, pdu: Pdu) -> None:
        if not self._writer.is_closing():
            self._writer.write(pdu.encode())

    async def _enquire(self) -> None:
        """Ask regularly whether the SMSC is there; the connection is closed if it does not answer."""
        with suppress(NotSubmitted, Unanswered):
            while not self.closed.is_set():
                await asyncio.sleep(self._settings.enquire_seconds)
                await self.request(ENQUIRE_LINK, b"")

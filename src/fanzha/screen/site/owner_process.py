"""The entry point of an owner process: build the owner, report readiness, execute the supervisor's commands."""

import asyncio
import os
import socket
import sys
from pathlib import Path

import uvloop

from fanzha.base.errors import FanzhaError
from fanzha.screen.settings_reader import read_settings
from fanzha.screen.site.adoption import (
    FORMAT,
    ORPHAN_SECONDS,
    AdoptionSocket,
    ProcessReport,
    processes_folder,
    settings_digest,
)
from fanzha.screen.site.control_channel import ChannelClosed, ControlChannel, ReceivedControlMessage
from fanzha.screen.site.owner import Owner
from fanzha.screen.site.warm_up import freeze_loaded_objects, warm_up


class OwnerProcess:
    """Executes the supervisor's commands; without one it runs for a limited time, until another one adopts it."""

    def __init__(self, owner: Owner, channel: ControlChannel, adoption: AdoptionSocket, settings: str) -> None:
        """Take the owner, the control channel, the socket for another supervisor, and the digest of the settings."""
        self._owner, self._channel, self._adoption, self._settings = owner, channel, adoption, settings
        self._following: asyncio.Task[bool] | None = None
        self._messages: asyncio.Queue[ReceivedControlMessage | None] = asyncio.Queue()
        self._takeovers = 0

    async def run(self) -> None:
        """Execute commands until `stop`."""
        self._listen()
        self._owner.begin()
        freeze_loaded_objects()
        self._channel.send("ready")
        while True:
            received = await self._messages.get()
            if received is None:
                if not await self._wait_for_supervisor():
                    break
            elif received.message.command == "stop":
                break
            else:
                await self._handle(received)
        self._adoption.close()
        await self._owner.stop()

    def _listen(self) -> None:
        asyncio.get_running_loop().add_reader(self._channel.socket, self._read_messages)

    def _read_messages(self) -> None:
        try:
            while (received := self._channel.receive()) is not None:
                self._messages.put_nowait(received)
        except ChannelClosed:
            asyncio.get_running_loop().remove_reader(self._channel.socket)
            self._messages.put_nowait(None)

    async def _wait_for_supervisor(self) -> bool:
        """Wait until another supervisor adopts this process; return False if none has come in time."""
        loop = asyncio.get_running_loop()
        end = loop.time() + ORPHAN_SECONDS
        while (connection := await self._adoption.wait(end - loop.time())) is not None:
            report = ProcessReport(
                FORMAT, self._owner.role, self._owner.has_followed, self._takeovers, self._settings, ()
            )
            if self._adoption.report(connection, report):
                self._channel.reconnect(connection)
                self._listen()
                return True
            connection.close()
        return False

    async def _handle(self, received: ReceivedControlMessage) -> None:
        command = received.message.command
        if command == "lead":
            in_sync = await self._end_following()
            self._takeovers = int(received.message.text)
            self._owner.metrics.takeovers.series_for().value = self._takeovers
            await self._owner.lead(alone=not in_sync)
        elif received.descriptor is not None:
            own = socket.socket(fileno=received.descriptor)
            if command == "give":
                self._owner.replicate(own)
            elif command == "follow":
                await self._end_following()
                self._following = asyncio.create_task(self._owner.follow(own))

    async def _end_following(self) -> bool:
        """Take the rest of what an ended owner sent; return whether this process has the state of an owner."""
        self._owner.end_following()
        return await self._following if self._following else False


def inherited_sockets(text: str) -> dict[str, socket.socket]:
    """Return the sockets that the supervisor passed on, by the names of their settings tables."""
    pairs = (pair.partition("=") for pair in text.split(";") if pair)
    return {name: socket.socket(fileno=int(number)) for name, _, number in pairs}


def main() -> int:
    """Run one owner process; the settings file is the only argument."""
    own = socket.socket(fileno=int(os.environ["FANZHA_SCREEN_WIRE"]))
    own.setblocking(False)
    channel = ControlChannel(own)
    try:
        settings = read_settings(Path(sys.argv[1]))
        warm_up()
        sockets = inherited_sockets(os.environ["FANZHA_SCREEN_SOCKETS"])
        adoption = AdoptionSocket(processes_folder(), {name: opened.fileno() for name, opened in sockets.items()})
        owner = Owner(settings, sockets, channel)
        uvloop.run(OwnerProcess(owner, channel, adoption, settings_digest(settings)).run())
    except FanzhaError as error:
        channel.send("wrong", str(error)[:4_000])
        return error.exit_code
    except ChannelClosed:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The entry point of an owner process: build the owner, report readiness, execute the supervisor's commands."""

import asyncio
import os
import socket
import sys
from pathlib import Path

import uvloop

from fanzha.base.errors import FanzhaError
from fanzha.screen.settings_reader import read_settings
from fanzha.screen.site.control_channel import ChannelClosed, ControlChannel, ReceivedControlMessage
from fanzha.screen.site.owner import Owner
from fanzha.screen.site.warm_up import freeze_loaded_objects, warm_up


class OwnerProcess:
    """Executes the supervisor's commands; ends when the supervisor is gone."""

    def __init__(self, owner: Owner, channel: ControlChannel) -> None:
        """Take the owner and the control channel."""
        self._owner, self._channel = owner, channel
        self._following: asyncio.Task[bool] | None = None
        self._stopped = asyncio.Event()

    async def run(self) -> None:
        """Execute commands until `stop`."""
        loop = asyncio.get_running_loop()
        messages: asyncio.Queue[ReceivedControlMessage | None] = asyncio.Queue()
        loop.add_reader(self._channel.socket, self._read_messages, messages)
        self._owner.begin()
        freeze_loaded_objects()
        self._channel.send("ready")
        while (received := await messages.get()) is not None:
            if received.message.command == "stop":
                break
            await self._handle(received)
        await self._owner.stop()

    def _read_messages(self, messages: "asyncio.Queue[ReceivedControlMessage | None]") -> None:
        try:
            while (received := self._channel.receive()) is not None:
                messages.put_nowait(received)
        except ChannelClosed:
            asyncio.get_running_loop().remove_reader(self._channel.socket)
            messages.put_nowait(None)

    async def _handle(self, received: ReceivedControlMessage) -> None:
        command = received.message.command
        if command == "lead":
            in_sync = await self._end_following()
            self._owner.metrics.takeovers.series_for().value = int(received.message.text)
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
        owner = Owner(settings, inherited_sockets(os.environ["FANZHA_SCREEN_SOCKETS"]), channel)
        uvloop.run(OwnerProcess(owner, channel).run())
    except FanzhaError as error:
        channel.send("wrong", str(error)[:4_000])
        return error.exit_code
    except ChannelClosed:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

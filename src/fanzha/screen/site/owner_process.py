"""Where a child of the supervisor begins: it is built, says that it is ready, and does what it is told."""

import asyncio
import os
import socket
import sys
from pathlib import Path

import uvloop

from fanzha.base.errors import FanzhaError
from fanzha.screen.settings_reader import read_settings
from fanzha.screen.site.control_channel import Ended, Heard, Wire
from fanzha.screen.site.owner import Owner
from fanzha.screen.site.warm_up import spare_what_is_loaded, warm


class Child:
    """Listens to the supervisor; without one it ends."""

    def __init__(self, owner: Owner, wire: Wire) -> None:
        """Take the owner to be and the wire."""
        self._owner, self._wire = owner, wire
        self._following: asyncio.Task[bool] | None = None
        self._stopped = asyncio.Event()

    async def run(self) -> None:
        """Do what is told until told to stop."""
        loop = asyncio.get_running_loop()
        told: asyncio.Queue[Heard | None] = asyncio.Queue()
        loop.add_reader(self._wire.socket, self._hear, told)
        self._owner.begin()
        spare_what_is_loaded()
        self._wire.say("ready")
        while (heard := await told.get()) is not None:
            if heard.word.says == "stop":
                break
            await self._do(heard)
        await self._owner.stop()

    def _hear(self, told: "asyncio.Queue[Heard | None]") -> None:
        try:
            while (heard := self._wire.hear()) is not None:
                told.put_nowait(heard)
        except Ended:
            asyncio.get_running_loop().remove_reader(self._wire.socket)
            told.put_nowait(None)

    async def _do(self, heard: Heard) -> None:
        says = heard.word.says
        if says == "lead":
            followed = await self._following if self._following else False
            self._owner.metrics.takeovers.of().value = int(heard.word.text)
            await self._owner.lead(alone=not followed)
        elif heard.file is not None:
            own = socket.socket(fileno=heard.file)
            if says == "give":
                self._owner.give(own)
            elif says == "follow":
                self._following = asyncio.create_task(self._owner.follow(own))


def sockets_of(text: str) -> dict[str, socket.socket]:
    """Return the sockets that the supervisor passed on, by the names of their tables."""
    pairs = (one.partition("=") for one in text.split(";") if one)
    return {name: socket.socket(fileno=int(number)) for name, _, number in pairs}


def main() -> int:
    """Run one child: the settings file is the only argument."""
    own = socket.socket(fileno=int(os.environ["FANZHA_SCREEN_WIRE"]))
    own.setblocking(False)
    wire = Wire(own)
    try:
        settings = read_settings(Path(sys.argv[1]))
        warm()
        owner = Owner(settings, sockets_of(os.environ["FANZHA_SCREEN_SOCKETS"]), wire)
        uvloop.run(Child(owner, wire).run())
    except FanzhaError as error:
        wire.say("wrong", str(error)[:4_000])
        return error.exit_code
    except Ended:
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

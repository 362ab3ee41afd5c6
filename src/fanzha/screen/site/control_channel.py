"""Messages between supervisor and owner processes: one JSON object a packet, optionally with a socket."""

import contextlib
import socket
from typing import NamedTuple

import msgspec

MAX_BYTES = 65_536


class ControlMessage(msgspec.Struct, frozen=True, omit_defaults=True, rename={"command": "says"}):
    """One message.

    From the supervisor: lead (text: number of takeovers so far), give, follow, stop. From an owner process: ready,
    following, leading, beat, told, lost, wrong.
    """

    command: str
    text: str = ""


class ReceivedControlMessage(NamedTuple):
    """A message and the file descriptor received with it."""

    message: ControlMessage
    descriptor: int | None


class ChannelClosed(Exception):
    """The other side has closed the channel."""


class ControlChannel:
    """One end of the channel."""

    def __init__(self, own: socket.socket) -> None:
        """Take one end of a SOCK_SEQPACKET pair."""
        self.socket = own

    def send(self, command: str, text: str = "", descriptor: int | None = None) -> None:
        """Send a message; raise ChannelClosed when the other side is gone."""
        data = msgspec.json.encode(ControlMessage(command, text))
        try:
            socket.send_fds(self.socket, [data], [] if descriptor is None else [descriptor])
        except BlockingIOError:
            return  # the other side does not read; a timeout detects it
        except OSError as error:
            raise ChannelClosed from error

    def notify(self, command: str, text: str = "") -> None:
        """Send a message, and drop it if there is no supervisor."""
        with contextlib.suppress(ChannelClosed):
            self.send(command, text)

    def reconnect(self, other: socket.socket) -> None:
        """Continue on another socket."""
        self.socket.close()
        self.socket = other

    def receive(self) -> ReceivedControlMessage | None:
        """Return the next message, None if there is none yet; raise ChannelClosed."""
        try:
            data, files, _, _ = socket.recv_fds(self.socket, MAX_BYTES, 1)
        except BlockingIOError:
            return None
        except OSError as error:
            raise ChannelClosed from error
        if not data:
            raise ChannelClosed
        return ReceivedControlMessage(msgspec.json.decode(data, type=ControlMessage), files[0] if files else None)


def open_channel() -> tuple[ControlChannel, socket.socket]:
    """Return the supervisor's non-blocking end and the socket that the child inherits."""
    supervisor_end, child_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    supervisor_end.setblocking(False)
    return ControlChannel(supervisor_end), child_end

"""What supervisor and children say to each other: one JSON object a packet, sometimes with a socket."""

import socket
from typing import NamedTuple

import msgspec

LONGEST = 65_536


class Word(msgspec.Struct, frozen=True, omit_defaults=True):
    """One message. Of the supervisor: lead (text: takeovers so far), give, follow, stop; of a child: ready, following,
    leading, beat, wrong.
    """

    says: str
    text: str = ""


class Heard(NamedTuple):
    """A message and the socket that came with it."""

    word: Word
    file: int | None


class Ended(Exception):
    """The other side is gone."""


class Wire:
    """One end of the line between the supervisor and a child."""

    def __init__(self, own: socket.socket) -> None:
        """Take one end of a SOCK_SEQPACKET pair."""
        self.socket = own

    def say(self, says: str, text: str = "", file: int | None = None) -> None:
        """Send a message; raises Ended when nobody is there."""
        data = msgspec.json.encode(Word(says, text))
        try:
            socket.send_fds(self.socket, [data], [] if file is None else [file])
        except BlockingIOError:
            return  # the other side does not read: whoever waits for its answer will notice
        except OSError as error:
            raise Ended from error

    def hear(self) -> Heard | None:
        """Return the next message, None when there is none yet; raises Ended."""
        try:
            data, files, _, _ = socket.recv_fds(self.socket, LONGEST, 1)
        except BlockingIOError:
            return None
        except OSError as error:
            raise Ended from error
        if not data:
            raise Ended
        return Heard(msgspec.json.decode(data, type=Word), files[0] if files else None)


def pair() -> tuple[Wire, socket.socket]:
    """Return the supervisor's end, which never waits, and the socket that the child inherits."""
    own, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    own.setblocking(False)
    return Wire(own), other

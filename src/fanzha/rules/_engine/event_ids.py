"""Event ids (16 bytes each) and parties of the facts that a window may still hold, for a finding's evidence."""

import re
from bisect import bisect_right
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows import UNKNOWN

PIECE = 256  # single facts that are packed together
PARTIES = (("caller", "sender"), ("callee", "recipient"), ("talk_ms",))  # the first known column of each
NOBODY = (UNKNOWN,) * len(PARTIES)
_WIDTH = 8 * len(PARTIES)
_PLAIN = re.compile("[0-9a-f]{32}")


class _IdChunk(msgspec.Struct, array_like=True):
    first: int  # position of its first fact
    size: int
    last: int  # moment of its last fact
    packed: bytes = b""  # 16 bytes an id, when all are 32 hexadecimal digits
    written: list[str] = []  # otherwise the texts themselves
    parties: bytes = b""  # codes of PARTIES, 8 bytes each; empty if none is known
    single: list[int] = []  # the codes of facts added one by one


class EventIds:
    """Event ids in pieces of the sequence, oldest first; of facts added one by one at least the latest `most`."""

    most: int | None = None

    def __init__(self, saved: bytes = b"") -> None:
        """Begin empty or with a saved state."""
        self._pieces = msgspec.msgpack.decode(saved, type=list[_IdChunk]) if saved else []
        self._firsts = [piece.first for piece in self._pieces]

    @property
    def bytes_held(self) -> int:
        """The memory of the ids."""
        return sum(
            len(piece.packed) + 64 * len(piece.written) + len(piece.parties) + 8 * len(piece.single)
            for piece in self._pieces
        )

    def append(self, first: int, last: int, ids: "pa.Array[Any]", parties: NDArray[np.int64]) -> None:
        """Append the ids of a stretch, the codes of PARTIES as columns, and the moment of its last fact."""
        texts = ids.cast(pa.large_string())
        starts: Any
        data: Any
        _, starts, data = texts.buffers()
        offsets = np.frombuffer(starts, np.int64)[texts.offset : texts.offset + len(texts) + 1]
        packed = np.empty((len(texts), 16), np.uint8)
        plain = bool((np.diff(offsets) == 32).all()) and data is not None
        if plain and _pack(offsets, np.frombuffer(data, np.uint8), packed):
            piece = self._begin(_IdChunk(first, len(texts), last, packed=packed.tobytes()))
        else:
            piece = self._begin(_IdChunk(first, len(texts), last, written=[str(text) for text in texts.to_pylist()]))
        piece.parties = _together(parties)

    def _begin(self, piece: _IdChunk) -> _IdChunk:
        self._pieces.append(piece)
        self._firsts.append(piece.first)
        return piece

    def add(self, position: int, moment: int, event_id: str, parties: tuple[int, ...] = NOBODY) -> None:
        """Append the id of one fact; single ids are packed once there are enough of them."""
        last = self._pieces[-1] if self._pieces else None
        if last is None or not _takes_more(last, position):
            if last is not None and last.single:
                last.parties, last.single = _together(np.array(last.single, np.int64)), []
            if last is not None and last.written and all(map(_PLAIN.fullmatch, last.written)):
                last.packed, last.written = bytes.fromhex("".join(last.written)), []
            last = self._begin(_IdChunk(position, 0, moment, written=[], single=[]))
            if self.most is not None:
                self._delete(bisect_right(self._firsts, position - self.most) - 1)
        last.written.append(event_id)
        last.single.extend(parties)
        last.size, last.last = last.size + 1, moment

    def sweep(self, before: int) -> None:
        """Forget the pieces that ended before a moment."""
        self._delete(next((nth for nth, piece in enumerate(self._pieces) if piece.last >= before), len(self._pieces)))

    def _delete(self, count: int) -> None:
        """Delete the first pieces."""
        if count > 0:
            del self._pieces[:count], self._firsts[:count]

    def __contains__(self, position: int) -> bool:
        """Return whether the fact at a position is stored."""
        nth = bisect_right(self._firsts, position) - 1
        return nth >= 0 and position < self._pieces[nth].first + self._pieces[nth].size

    def get(self, position: int) -> str:
        """Return the id of a fact. Raise KeyError if it is no longer stored."""
        piece, at = self._find(position)
        return piece.packed[16 * at : 16 * at + 16].hex() if piece.packed else piece.written[at]

    def parties(self, position: int) -> tuple[int, ...]:
        """Return the codes of PARTIES of a fact, UNKNOWN if missing. Raise KeyError if the fact is no longer stored."""
        piece, at = self._find(position)
        if piece.single:
            return tuple(piece.single[len(PARTIES) * at : len(PARTIES) * (at + 1)]) or NOBODY
        if not piece.parties:
            return NOBODY
        return tuple(np.frombuffer(piece.parties, np.int64, len(PARTIES), _WIDTH * at).tolist())

    def _find(self, position: int) -> tuple[_IdChunk, int]:
        if position not in self:
            raise KeyError(position)
        piece = self._pieces[bisect_right(self._firsts, position) - 1]
        return piece, position - piece.first

    def save(self) -> bytes:
        """Return the ids as bytes."""
        return msgspec.msgpack.encode(self._pieces)


def _takes_more(piece: _IdChunk, position: int) -> bool:
    """Return whether the fact at a position can be added to a piece of single facts with all parties."""
    is_single = bool(piece.written) and len(piece.single) == len(PARTIES) * piece.size
    return is_single and piece.size < PIECE and piece.first + piece.size == position


def _together(parties: NDArray[np.int64]) -> bytes:
    return parties.tobytes() if (parties != UNKNOWN).any() else b""


@compiled
def _pack(offsets: NDArray[np.int64], data: NDArray[np.uint8], packed: NDArray[np.uint8]) -> bool:
    """Decode lower-case hexadecimal digits; return False if there is another character."""
    for row in range(len(packed)):
        for at in range(32):
            sign = data[offsets[row] + at]
            if 48 <= sign <= 57:
                digit = sign - 48
            elif 97 <= sign <= 102:
                digit = sign - 87
            else:
                return False
            packed[row, at >> 1] = np.uint8(digit << 4) if at & 1 == 0 else np.uint8(packed[row, at >> 1] | digit)
    return True

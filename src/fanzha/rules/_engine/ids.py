"""The event ids of the facts that a window may still hold, 16 bytes each: for the evidence of a finding."""

import re
from bisect import bisect_right
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.base.kernels import compiled

PIECE = 256  # single facts that are packed together
_PLAIN = re.compile("[0-9a-f]{32}")


class _Piece(msgspec.Struct, array_like=True):
    first: int  # place of its first fact
    size: int
    last: int  # moment of its last fact
    packed: bytes = b""  # 16 bytes an id, when all are 32 hexadecimal digits
    written: list[str] = []  # otherwise as they are


class Ids:
    """Pieces of the sequence, oldest first."""

    def __init__(self, saved: bytes = b"") -> None:
        """Begin empty, or with what was saved."""
        self._pieces = msgspec.msgpack.decode(saved, type=list[_Piece]) if saved else []
        self._firsts = [piece.first for piece in self._pieces]

    @property
    def bytes_held(self) -> int:
        """The memory of the ids."""
        return sum(len(piece.packed) + 64 * len(piece.written) for piece in self._pieces)

    def append(self, first: int, last: int, ids: "pa.Array[Any]") -> None:
        """Take in the ids of a stretch, in order, and the moment of its last fact."""
        texts = ids.cast(pa.large_string())
        starts: Any
        data: Any
        _, starts, data = texts.buffers()
        offsets = np.frombuffer(starts, np.int64)[texts.offset : texts.offset + len(texts) + 1]
        packed = np.empty((len(texts), 16), np.uint8)
        plain = bool((np.diff(offsets) == 32).all()) and data is not None
        if plain and _pack(offsets, np.frombuffer(data, np.uint8), packed):
            self._begin(_Piece(first, len(texts), last, packed=packed.tobytes()))
        else:
            self._begin(_Piece(first, len(texts), last, written=[str(text) for text in texts.to_pylist()]))

    def _begin(self, piece: _Piece) -> _Piece:
        self._pieces.append(piece)
        self._firsts.append(piece.first)
        return piece

    def add(self, place: int, moment: int, event_id: str) -> None:
        """Take in the id of one fact; single ones stand as they are until there are enough of them to pack."""
        last = self._pieces[-1] if self._pieces else None
        if last is None or not last.written or last.size >= PIECE or last.first + last.size != place:
            if last is not None and last.written and all(map(_PLAIN.fullmatch, last.written)):
                last.packed, last.written = bytes.fromhex("".join(last.written)), []
            last = self._begin(_Piece(place, 0, moment, written=[]))
        last.written.append(event_id)
        last.size, last.last = last.size + 1, moment

    def sweep(self, before: int) -> None:
        """Forget the pieces that ended before a moment."""
        over = next((nth for nth, piece in enumerate(self._pieces) if piece.last >= before), len(self._pieces))
        del self._pieces[:over], self._firsts[:over]

    def get(self, place: int) -> str:
        """Return the id of a fact; KeyError when it is forgotten."""
        nth = bisect_right(self._firsts, place) - 1
        piece = self._pieces[nth] if nth >= 0 else None
        if piece is None or place >= piece.first + piece.size:
            raise KeyError(place)
        at = place - piece.first
        return piece.packed[16 * at : 16 * at + 16].hex() if piece.packed else piece.written[at]

    def save(self) -> bytes:
        """Return the ids as bytes."""
        return msgspec.msgpack.encode(self._pieces)


@compiled
def _pack(offsets: NDArray[np.int64], data: NDArray[np.uint8], packed: NDArray[np.uint8]) -> bool:
    """Read lower-case hexadecimal digits; False when another sign stands among them."""
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

"""Bare pointers for the scan: an array handed from loop to loop is counted in and out each time, at 10 ns and more.

In the loops a parameter typed as an array or as bytes is such a pointer: it knows no length and no negative places.
Whoever calls keeps the memory alive.
"""

from typing import Any, TypeVar, cast

import numba as untyped_numba
from llvmlite import ir as untyped_ir  # type: ignore[import-untyped]
from numba import extending

F = TypeVar("F")

numba: Any = untyped_numba
ir: Any = untyped_ir
_BYTES = numba.types.CPointer(numba.types.uint8)
_WORDS = numba.types.CPointer(numba.types.int64)


def _intrinsic(function: F) -> F:
    """Compile a piece of machine code into the loops (they themselves are compiled by fanzha.base.kernels)."""
    wrap: Any = extending.intrinsic
    return cast(F, wrap(function))


def _cast(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))


def _bytes_at(_context: Any, _address: Any) -> Any:
    return _BYTES(numba.types.int64), _cast


def _words_at(_context: Any, _address: Any) -> Any:
    return _WORDS(numba.types.int64), _cast


def _eight_at(_context: Any, _pointer: Any, _place: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        place = builder.gep(arguments[0], [arguments[1]])
        loaded = builder.load(builder.bitcast(place, ir.IntType(64).as_pointer()))
        loaded.align = 1
        return loaded

    return numba.types.uint64(_BYTES, numba.types.int64), generate


def _bytes_of(_context: Any, data: Any) -> Any:
    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return context.make_helper(builder, data, arguments[0]).data

    return _BYTES(data), generate


#: bytes_at(address), words_at(address): the memory of bytes, or of 64-bit whole numbers, at an address.
bytes_at: Any = _intrinsic(_bytes_at)
words_at: Any = _intrinsic(_words_at)

#: bytes_of(data): the memory of a bytes object.
bytes_of: Any = _intrinsic(_bytes_of)

#: eight_at(pointer, place): eight bytes as one whole number, the first lowest on the machines that numba knows.
eight_at: Any = _intrinsic(_eight_at)

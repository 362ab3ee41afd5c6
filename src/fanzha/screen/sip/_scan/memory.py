"""Bare pointers for the scan: passing an array between kernels costs 10 ns or more of reference counting.

In the kernels a parameter typed as array or bytes is such a pointer, without length and negative indexes. The caller
keeps the memory alive.
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
    """Compile a function to machine code inside kernels (fanzha.base.kernels compiles the kernels)."""
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
        position = builder.gep(arguments[0], [arguments[1]])
        loaded = builder.load(builder.bitcast(position, ir.IntType(64).as_pointer()))
        loaded.align = 1
        return loaded

    return numba.types.uint64(_BYTES, numba.types.int64), generate


def _bytes_of(_context: Any, data: Any) -> Any:
    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return context.make_helper(builder, data, arguments[0]).data

    return _BYTES(data), generate


#: bytes_at(address), words_at(address): memory of bytes or 64-bit integers at an address.
bytes_at: Any = _intrinsic(_bytes_at)
words_at: Any = _intrinsic(_words_at)

#: bytes_of(data): memory of a bytes object.
bytes_of: Any = _intrinsic(_bytes_of)

#: eight_at(pointer, position): eight bytes as one little-endian integer.
eight_at: Any = _intrinsic(_eight_at)

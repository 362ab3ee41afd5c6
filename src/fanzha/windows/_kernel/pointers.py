"""Bare pointers: one table of addresses passes all arrays at once, and access has no bounds check.

Passing each array to a kernel and numba's check for negative indices cost more time than processing a fact.
In the kernels a parameter typed as an array of int64 is such a pointer, without length and negative indices.
The owner of the table keeps the arrays alive and updates moved addresses (fanzha.windows._families.family).
"""

from typing import Any, TypeVar, cast

import numba as untyped_numba
import numpy as np
from llvmlite import ir as untyped_ir  # type: ignore[import-untyped]
from numba import extending
from numba.core import cgutils as untyped_cgutils
from numpy.typing import NDArray

Pointer = NDArray[np.int64]
F = TypeVar("F")

numba: Any = untyped_numba
ir: Any = untyped_ir
cgutils: Any = untyped_cgutils
_POINTER = numba.types.CPointer(numba.types.int64)


def _intrinsic(function: F) -> F:
    """Make an LLVM intrinsic for kernels, which are compiled by fanzha.base.kernels."""
    wrap: Any = extending.intrinsic
    return cast(F, wrap(function))


def _pointer_to(_context: Any, _address: Any) -> Any:
    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(_POINTER))

    return _POINTER(numba.types.int64), generate


def _pointer_behind(_context: Any, _pointer: Any, _words: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.gep(arguments[0], [arguments[1]])

    return _POINTER(_POINTER, numba.types.int64), generate


def _bid(_context: Any, _pointer: Any, _word: Any) -> Any:
    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        number, address = ir.IntType(32), builder.gep(arguments[0], [arguments[1]])
        shape = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, number, number, number])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [cgutils.voidptr_t], shape)
        to_read, to_keep, data = (ir.Constant(number, value) for value in (0, 3, 1))
        builder.call(prefetch, [builder.bitcast(address, cgutils.voidptr_t), to_read, to_keep, data])
        return context.get_dummy_value()

    return numba.types.none(_POINTER, numba.types.int64), generate


#: pointer_to(address): the memory of 64-bit whole numbers at an address.
pointer_to: Any = _intrinsic(_pointer_to)

#: pointer_behind(pointer, words): the pointer advanced by a number of words.
pointer_behind: Any = _intrinsic(_pointer_behind)

#: bid(pointer, word): prefetch a word; any address is allowed.
bid: Any = _intrinsic(_bid)

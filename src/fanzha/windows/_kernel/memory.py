"""Reach many arrays through one table of addresses: handing each to a kernel costs more than a fact's own work.

Whoever fills the table keeps the arrays alive and renews the address when one moves (fanzha.windows._families.family).
"""

from typing import Any

import numba as untyped_numba
import numpy as np
from numba import extending
from numpy.typing import NDArray

from fanzha.base.kernels import compiled

numba: Any = untyped_numba
intrinsic: Any = extending.intrinsic


def _address_to_pointer(_context: Any, _address: Any) -> Any:
    kind = numba.types.CPointer(numba.types.int64)

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(kind))

    return kind(numba.types.int64), generate


_pointer: Any = intrinsic(_address_to_pointer)


@compiled
def array_at(address: int, size: int) -> NDArray[np.int64]:
    """Return the array of `size` 64-bit numbers at an address, without taking it over."""
    array: NDArray[np.int64] = numba.carray(_pointer(address), (size,))
    return array

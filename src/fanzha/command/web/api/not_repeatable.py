"""Mark routes whose answer must not be stored, because it contains a secret or an unmasked value.

@ROUTER.post("/keys")
@not_repeatable
def new_key(...)
"""

from collections.abc import Callable
from typing import Any, TypeVar

from ninja.operation import Operation
from ninja.utils import contribute_operation_callback

V = TypeVar("V", bound=Callable[..., Any])

#: Extension in the OpenAPI file of operations without idempotency keys.
MARK = "x-not-kept"


def not_repeatable(view: V) -> V:
    """Mark a route as taking no idempotency key, also in the OpenAPI file. Put it below `@ROUTER.…`."""
    view.not_kept = True  # type: ignore[attr-defined]
    contribute_operation_callback(view, _mark)
    return view


def is_not_repeatable(run: Callable[..., Any]) -> bool:
    """Return whether the route of an operation's `run` takes no idempotency key."""
    operation = getattr(run, "__self__", None)
    return isinstance(operation, Operation) and hasattr(operation.view_func, "not_kept")


def _mark(operation: Operation) -> None:
    operation.openapi_extra = (operation.openapi_extra or {}) | {MARK: True}

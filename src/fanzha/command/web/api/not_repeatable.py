"""Routes whose answer is not kept for a repeat: it holds a secret or a whole value, and each look is on record.

@ROUTER.post("/keys")
@not_kept
def new_key(...)
"""

from collections.abc import Callable
from typing import Any, TypeVar

from ninja.operation import Operation
from ninja.utils import contribute_operation_callback

V = TypeVar("V", bound=Callable[..., Any])

#: What an operation of the OpenAPI file says that takes no idempotency key.
MARK = "x-not-kept"


def not_repeatable(view: V) -> V:
    """Say below `@ROUTER.…` that a route takes no idempotency key; the OpenAPI file tells so."""
    view.not_kept = True  # type: ignore[attr-defined]
    contribute_operation_callback(view, _tell)
    return view


def is_not_repeatable(run: Callable[..., Any]) -> bool:
    """Return whether the route that an operation's own `run` answers takes no idempotency key."""
    operation = getattr(run, "__self__", None)
    return isinstance(operation, Operation) and hasattr(operation.view_func, "not_kept")


def _tell(operation: Operation) -> None:
    operation.openapi_extra = (operation.openapi_extra or {}) | {MARK: True}

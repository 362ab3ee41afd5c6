"""Every operation belongs to a service that a basis can open, and so does each of its scopes."""

from fanzha.command.number_signals.camara import _PROPERTIES
from fanzha.command.number_signals.signal_services import OPERATIONS, SERVICES, all_scopes, scope_service


def test_operations_belong_to_services() -> None:
    assert {operation.service for operation in OPERATIONS.values()} == SERVICES.keys()
    assert {scope_service(scope) for scope in all_scopes()} == SERVICES.keys()
    assert OPERATIONS.keys() == _PROPERTIES.keys()

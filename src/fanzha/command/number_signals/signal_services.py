"""The services that a basis may open, and the operations of each with their path, scopes and version."""

from typing import NamedTuple

from fanzha.base.words import Words


class SignalService(NamedTuple):
    """One service: its name in CAMARA, or with `fanzha-` what CAMARA has no definition of."""

    name: str
    title: Words


class Operation(NamedTuple):
    """One operation: path below /camara/, the service, and the scopes; a token needs one of them."""

    path: str
    service: str
    scopes: tuple[str, ...]


SERVICES = {
    service.name: service
    for service in (
        SignalService("sim-swap", Words("换卡", "SIM swap")),
        SignalService("device-swap", Words("换机", "device swap")),
        SignalService("call-forwarding-signal", Words("呼叫转移", "call forwarding")),
        SignalService("number-recycling", Words("号码重新启用", "number recycling")),
        SignalService("kyc-tenure", Words("在网时长", "tenure")),
        SignalService("iot-sim-fraud-prevention", Words("物联网卡限制", "limits of IoT cards")),
        SignalService("fanzha-risk-indicator", Words("号码风险等级", "risk indicator of a number")),
        SignalService("fanzha-work-status", Words("是否正在劝阻处置", "whether the customer is being warned now")),
    )
}
#: Answered only from the organisation that holds verdicts and processes, not from an operator's file.
OF_VERDICTS = ("fanzha-risk-indicator", "fanzha-work-status")

_CFS = "call-forwarding-signal"
OPERATIONS = {
    operation.path: operation
    for operation in (
        Operation("sim-swap/v2/check", "sim-swap", ("sim-swap:check", "sim-swap")),
        Operation("sim-swap/v2/retrieve-date", "sim-swap", ("sim-swap:retrieve-date", "sim-swap")),
        Operation("device-swap/v1/check", "device-swap", ("device-swap:check", "device-swap")),
        Operation("device-swap/v1/retrieve-date", "device-swap", ("device-swap:retrieve-date", "device-swap")),
        Operation(
            f"{_CFS}/v0.4/unconditional-call-forwardings", _CFS, (f"{_CFS}:unconditional-call-forwardings:read",)
        ),
        Operation(f"{_CFS}/v0.4/call-forwardings", _CFS, (f"{_CFS}:call-forwardings:read",)),
        Operation("number-recycling/v0.2/check", "number-recycling", ("number-recycling:check",)),
        Operation("number-recycling/v0.3/check", "number-recycling", ("number-recycling:check",)),
        Operation("kyc-tenure/v0.1/check-tenure", "kyc-tenure", ("kyc-tenure:check-tenure",)),
        Operation("iot-sim-fraud-prevention/v1/query", "iot-sim-fraud-prevention", ("iot-sim-fraud-prevention:query",)),
        Operation("fanzha-risk-indicator/v1/retrieve", "fanzha-risk-indicator", ("fanzha-risk-indicator:retrieve",)),
        Operation("fanzha-work-status/v1/check", "fanzha-work-status", ("fanzha-work-status:check",)),
    )
}


def all_scopes() -> frozenset[str]:
    """Return every scope of every operation."""
    return frozenset(scope for operation in OPERATIONS.values() for scope in operation.scopes)


def scope_service(scope: str) -> str:
    """Return the service that a scope belongs to."""
    return scope.partition(":")[0]

"""How orders travel and are proven, one noun a file."""

from fanzha.command.orders.models.answered_target import AnsweredTarget
from fanzha.command.orders.models.endpoint import Endpoint
from fanzha.command.orders.models.measurement import Measurement, MeasurementKind
from fanzha.command.orders.models.received_message import ReceivedAnswer, ReceivedMessage, ReceptionOutcome, Way
from fanzha.command.orders.models.sending import Sending, SendingState

__all__ = [
    "AnsweredTarget",
    "Endpoint",
    "MeasurementKind",
    "Measurement",
    "ReceptionOutcome",
    "ReceivedAnswer",
    "ReceivedMessage",
    "Sending",
    "SendingState",
    "Way",
]

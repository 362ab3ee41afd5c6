"""How orders travel and are proven, one noun a file."""

from fanzha.command.orders.models.answered_target import AnsweredTarget
from fanzha.command.orders.models.endpoint import Endpoint
from fanzha.command.orders.models.measurement import Measured, Measurement
from fanzha.command.orders.models.received import Outcome, ReceivedAnswer, ReceivedMessage, Way
from fanzha.command.orders.models.sending import Sending, SendingState

__all__ = [
    "AnsweredTarget",
    "Endpoint",
    "Measured",
    "Measurement",
    "Outcome",
    "ReceivedAnswer",
    "ReceivedMessage",
    "Sending",
    "SendingState",
    "Way",
]

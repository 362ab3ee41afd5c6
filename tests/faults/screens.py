"""The settings of a screen with HTTP and SIP, and its metrics."""

from tests.field.screens import Screen
from tests.field.test_screen_snapshot import figure

SETTINGS = """
[overload]
late_ms = 1000
[sip.edge]
port = {}
trunk_header = "X-Fanzha-Trunk"
[http]
port = {}
[trunks.IGW-1]
ingress = "international_gateway"
acts = "refuse"
"""


def metric(screen: Screen, port: int, name: str) -> float:
    """Return one metric of a screen."""
    return figure(screen, port, name)

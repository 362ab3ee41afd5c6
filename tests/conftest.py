"""Unit tests touch no network: sockets are blocked (pytest-socket), and hypothesis draws the same cases every time."""

from hypothesis import HealthCheck, settings

settings.register_profile("fanzha", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fuzz", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fanzha")

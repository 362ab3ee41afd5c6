"""A province's traffic with planted frauds and innocent look-alikes."""

from fanzha.simulate._facts import BASIS, SOURCE
from fanzha.simulate._mediation import Delivery, messy, tidy
from fanzha.simulate._province import Day, Province, all_scenarios, simulate
from fanzha.simulate._scenario import Scenario
from fanzha.simulate._settings import LEVELS, Settings
from fanzha.simulate._truth import TRUTH_SCHEMA, Role

__all__ = [
    "BASIS",
    "SOURCE",
    "LEVELS",
    "TRUTH_SCHEMA",
    "Day",
    "Delivery",
    "Province",
    "Role",
    "Scenario",
    "Settings",
    "all_scenarios",
    "messy",
    "simulate",
    "tidy",
]

"""A province's traffic with planted frauds and innocent look-alikes."""

from fanzha.simulate._facts import BASIS, SOURCE
from fanzha.simulate._mediation import SimulatedDelivery, deliver_in_order, deliver_with_defects
from fanzha.simulate._province import Day, Province, all_scenarios, simulate
from fanzha.simulate._scenario import Scenario
from fanzha.simulate._settings import LEVELS, Settings
from fanzha.simulate._truth import TRUTH_SCHEMA, SimulatedRole

__all__ = [
    "BASIS",
    "SOURCE",
    "LEVELS",
    "TRUTH_SCHEMA",
    "Day",
    "SimulatedDelivery",
    "Province",
    "SimulatedRole",
    "Scenario",
    "Settings",
    "all_scenarios",
    "deliver_with_defects",
    "simulate",
    "deliver_in_order",
]

"""A made-up order and the people around it: who drafts, who approves, who receives, who appeals."""

from typing import Any

import msgspec

from fanzha.base.clock import moment_ms, span_ms
from fanzha.processes import (
    Actor,
    Change,
    Party,
    PartyRole,
    Process,
    ProcessSettings,
    Situation,
    all_processes,
    fire,
    pass_timer,
    start,
)

AT = moment_ms("2026-03-02T10:00:00+08:00")
SETTINGS = ProcessSettings()
CENTRE, NORTH, SOUTH, HOST = (
    Party("centre-1", "centre"),
    Party("carrier-north", "carrier"),
    Party("mvno-south", "mvno"),
    Party("carrier-host", "carrier"),
)
PROOF = "ab" * 32


def person(name: str, of: Party, *roles: str, unit: str = "operations", concerned: bool = False) -> Actor:
    return Actor(
        person=name,
        organization=of.organization,
        kind=of.kind,
        unit=unit,
        roles=frozenset(roles),
        party_roles=frozenset({PartyRole.SUBJECT} if concerned else ()),
    )


ANNA = person("anna", CENTRE, "analyst", "reviewer")
RUI = person("rui", CENTRE, "reviewer", "duty_officer")
LIN = person("lin", CENTRE, "reviewer", unit="appeals")
NORA = person("nora", NORTH, "executor", "reviewer")
SAM = person("sam", SOUTH, "executor", "reviewer")
HAO = person("hao", HOST, "executor")
REGULATOR = person("ren", Party("regulator-1", "national_regulator"), "reviewer")
STATION = Party("police-1", "police")
POLICE = person("pan", STATION, "liaison")
ZHANG = Actor(person="zhang", party_roles=frozenset({PartyRole.SUBJECT}))


def draft(**more: Any) -> dict[str, Any]:
    """The evidence of a draft; times are UTC ms."""
    return {
        "target_kind": "number",
        "action": "refuse",
        "subjects": ["subject-1"],
        "scope": "calls from abroad",
        "reason": "a burst of the same script",
        "hits": 1,
        "spared": 0,
        "expires_at": AT + span_ms("30d"),
        "receivers": [NORTH, SOUTH],
        **more,
    }


def order() -> Process:
    return all_processes()["order"]


class Running:
    """One running order, told forward step by step; the centre's people work for whoever its owner is."""

    def __init__(self, owner: Party = CENTRE, **more: Any) -> None:
        self.process, self.owner = order(), owner
        self.changes: list[Change] = []
        self.at = AT
        self._take(
            start(
                self.process,
                "draft",
                self._mine(ANNA),
                draft(**more),
                self.at,
                ref="order-1",
                owner=owner,
                settings=SETTINGS,
            )
        )

    @property
    def situation(self) -> Situation:
        return self.changes[-1].situation

    def do(self, event: str, actor: Actor, leg: str = "", later: str = "1min", **evidence: Any) -> Change:
        self.at += span_ms(later)
        return self._take(
            fire(self.process, self.situation, event, self._mine(actor), evidence, self.at, settings=SETTINGS, leg=leg)
        )

    def wait(self) -> Change:
        """Let the next deadline pass, at its moment."""
        timer = self.situation.timers[0]
        self.at = max(self.at, timer.due)
        return self._take(pass_timer(self.process, self.situation, timer.id, self.at, settings=SETTINGS))

    def states(self) -> list[str]:
        return [leg.state for leg in self.situation.legs]

    def issued(self) -> "Running":
        self.do("approve", RUI, opinion="proportionate")
        return self

    def in_force(self) -> "Running":
        self.issued()
        for leg, actor in (("1", NORA), ("2", SAM)):
            self.do("acknowledge", actor, leg)
            self.do("report_executed", actor, leg, executed_at=self.at, result="refused", proof=PROOF)
            self.do("prove", ANNA, leg, method="test_call", proof=PROOF)
        return self

    def _mine(self, actor: Actor) -> Actor:
        if actor.organization != CENTRE.organization:
            return actor
        return msgspec.structs.replace(actor, organization=self.owner.organization, kind=self.owner.kind)

    def _take(self, change: Change) -> Change:
        self.changes.append(change)
        return change

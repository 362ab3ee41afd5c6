"""What a snapshot is built from: findings, opinions and cases that are named, and the lists of the state folder."""

from collections.abc import Collection, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from fanzha.claims.contents_builder import Subject
from fanzha.claims.evidence import Evidence, evidence_from_opinion
from fanzha.claims.evidence_collector import EvidenceCollector
from fanzha.claims.policy import Policy
from fanzha.claims.rule_lifecycle import RUNNING_STATES
from fanzha.claims.snapshot import Contents, LiveRule, LiveRules, SectionData
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.snapshot_format import lists as sections
from fanzha.claims.snapshot_format.keys import NUMBERS
from fanzha.claims.verdict import Case, Level
from fanzha.store.budgets import budgets
from fanzha.store.decisions import standing_decisions
from fanzha.store.found import finding_files, live_findings
from fanzha.store.lists import own_lists
from fanzha.store.opinions import cases, opinions
from fanzha.store.rule_texts import RuleTexts
from fanzha.store.screen_lists import inbound_only_numbers, listed_urls, protected_numbers, roaming_proofs
from fanzha.store.screen_tables import allocated_ranges
from fanzha.store.spared import spared_by_number, spared_numbers


class Inputs(NamedTuple):
    """Files and folders that are named, and the subjects to which all is limited (none: everything).

    Decisions of the command plane (`fanzha.store.decisions`) count without being named.
    """

    findings: tuple[Path, ...] = ()
    opinions: tuple[Path, ...] = ()
    cases: tuple[Path, ...] = ()
    only: Collection[Subject] = ()

    def evidence(self, at: int, *, reasons: bool = False) -> Iterator[Evidence]:
        """Yield all evidence for a moment (UTC ms); reasons and ids only when they are asked for."""
        for path in finding_files(self.findings):
            found = live_findings(path, at, reasons=reasons)
            yield from (one for one in found if self._wanted(one.subject_kind, one.subject))
        for said in chain(*map(opinions, self.opinions), standing_decisions()):
            if self._wanted(said.subject_kind, said.subject):
                yield evidence_from_opinion(said, reasons=reasons)

    def known_cases(self) -> Iterator[Case]:
        """Yield the police cases."""
        for path in self.cases:
            yield from (one for one in cases(path) if self._wanted(one.subject_kind, one.subject))

    def _wanted(self, kind: str, value: str) -> bool:
        return not self.only or ("phone_number" if kind in NUMBERS else kind, value) in self.only


class Built(NamedTuple):
    """Contents of a snapshot, and how many pieces of evidence were used and left out."""

    contents: Contents
    used: int
    dropped: int


def build(inputs: Inputs, at: int, policy: Policy, salt: bytes, *, simulated: bool = False) -> Built:
    """Fuse what the inputs say at a moment (UTC ms), with all lists of the state folder where nothing is left out."""
    gathered = EvidenceCollector(at, policy, simulated=simulated)
    gathered.add(inputs.evidence(at))
    gathered.add_cases(inputs.known_cases())
    listing = gathered.build_contents(spared_by_number())
    if inputs.only:
        for subject in inputs.only:
            listing.add_missing(*subject)
        return Built(listing.build(), gathered.used, gathered.dropped)
    listing.add_urls(dict.fromkeys(listed_urls(), listed_entry(policy)))
    return Built(listing.build(state_lists(at, salt)), gathered.used, gathered.dropped)


def listed_entry(policy: Policy) -> SnapshotEntry:
    """Return what is said of whatever stands on the operator's own list of links."""
    return SnapshotEntry(Level.SUSPECTED, policy.treat_suspected, organisation=policy.organisation)


def state_lists(at: int, salt: bytes) -> list[SectionData]:
    """Return every list of the state folder as sections, empty ones too: what is no longer there is replaced."""
    return [
        *sections.protected_section(protected_numbers()),
        *sections.spared_section(spared_numbers().numbers),
        *sections.inbound_only_sections(inbound_only_numbers(), salt),
        *sections.ranges_sections(allocated_ranges(at), salt),
        *sections.roaming_section([one for one in roaming_proofs() if one.until > at], salt),
        *sections.rules_section(live_rules()),
    ]


def live_rules() -> LiveRules:
    """Return the operator's running rules with their steps, budgets and lists."""
    texts, known = RuleTexts(), budgets()
    running = [one for one in texts.held() if one.step.state in RUNNING_STATES]
    return LiveRules(
        tuple(LiveRule(one.rule, one.text, texts.text(one.text), one.step) for one in running),
        known.rules,
        known.default,
        {name: one.values for name, one in own_lists().items()},
    )

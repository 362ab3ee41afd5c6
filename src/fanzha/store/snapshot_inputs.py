"""The inputs of a snapshot build: files of findings, opinions and cases, and the lists of the state folder."""

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
from fanzha.store.allowlist import load_allowlist, load_allowlist_by_number
from fanzha.store.budgets import load_budgets
from fanzha.store.decisions import read_active_decisions
from fanzha.store.findings import list_finding_files, read_live_findings
from fanzha.store.lists import load_lists
from fanzha.store.opinions import read_cases, read_opinions
from fanzha.store.overseas_choices import load_overseas_choices
from fanzha.store.rule_texts import RuleTexts
from fanzha.store.screen_lists import (
    load_allocated_ranges,
    load_inbound_only_numbers,
    load_protected_numbers,
    load_roaming_proofs,
    load_urls,
)


class SnapshotInputs(NamedTuple):
    """Input files and folders, and the subjects to which the build is limited (none: all).

    Decisions of the command plane (`fanzha.store.decisions`) are always included.
    """

    findings: tuple[Path, ...] = ()
    opinions: tuple[Path, ...] = ()
    cases: tuple[Path, ...] = ()
    only: Collection[Subject] = ()

    def read_evidence(self, at: int, *, reasons: bool = False) -> Iterator[Evidence]:
        """Yield all evidence valid at `at` (UTC ms), with reasons and ids if `reasons` is set."""
        for path in list_finding_files(self.findings):
            findings = read_live_findings(path, at, reasons=reasons)
            yield from (item for item in findings if self._is_included(item.subject_kind, item.subject))
        for opinion in chain(*map(read_opinions, self.opinions), read_active_decisions()):
            if self._is_included(opinion.subject_kind, opinion.subject):
                yield evidence_from_opinion(opinion, reasons=reasons)

    def read_cases(self) -> Iterator[Case]:
        """Yield the police cases."""
        for path in self.cases:
            yield from (case for case in read_cases(path) if self._is_included(case.subject_kind, case.subject))

    def _is_included(self, kind: str, value: str) -> bool:
        return not self.only or ("phone_number" if kind in NUMBERS else kind, value) in self.only


class BuiltContents(NamedTuple):
    """Contents of a snapshot, and the numbers of used and dropped pieces of evidence."""

    contents: Contents
    used: int
    dropped: int


def fuse_inputs(
    inputs: SnapshotInputs, at: int, policy: Policy, salt: bytes, *, simulated: bool = False
) -> BuiltContents:
    """Fuse the evidence at `at` (UTC ms). Include all lists of the state folder if the inputs are not limited."""
    collector = EvidenceCollector(at, policy, simulated=simulated)
    collector.add(inputs.read_evidence(at))
    collector.add_cases(inputs.read_cases())
    builder = collector.build_contents(load_allowlist_by_number())
    if inputs.only:
        for subject in inputs.only:
            builder.add_missing(*subject)
        return BuiltContents(builder.build(), collector.used, collector.dropped)
    builder.add_urls(dict.fromkeys(load_urls(), url_list_entry(policy)))
    return BuiltContents(builder.build(build_list_sections(at, salt)), collector.used, collector.dropped)


def url_list_entry(policy: Policy) -> SnapshotEntry:
    """Return the entry of all links on the operator's own list."""
    return SnapshotEntry(Level.SUSPECTED, policy.treat_suspected, organization=policy.organization)


def build_list_sections(at: int, salt: bytes) -> list[SectionData]:
    """Return every list of the state folder as sections, also empty ones, which replace published lists."""
    overseas = load_overseas_choices()
    return [
        *(sections.overseas_sections(overseas, salt) if overseas is not None else ()),
        *sections.protected_section(load_protected_numbers()),
        *sections.spared_section(load_allowlist().numbers),
        *sections.inbound_only_sections(load_inbound_only_numbers(), salt),
        *sections.ranges_sections(load_allocated_ranges(at), salt),
        *sections.roaming_section([proof for proof in load_roaming_proofs() if proof.until > at], salt),
        *sections.rules_section(load_live_rules()),
    ]


def load_live_rules() -> LiveRules:
    """Return the operator's active rules with their steps, budgets and lists."""
    texts, budgets = RuleTexts(), load_budgets()
    running = [text for text in texts.list_texts() if text.step.state in RUNNING_STATES]
    return LiveRules(
        tuple(LiveRule(text.rule, text.text, texts.text(text.text), text.step) for text in running),
        budgets.rules,
        budgets.default,
        {name: text.values for name, text in load_lists().items()},
    )

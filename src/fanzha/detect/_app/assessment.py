"""Score one app: abilities and what aggravates them, its brand's signers and icons, signers known to be bad."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from fanzha.brands import Brand, BrandTable
from fanzha.brands.chinese import ChineseNames
from fanzha.detect._app.abilities import (
    ABILITIES,
    AGGRAVATIONS,
    FURTHER_ABILITY,
    Ability,
    Aggravation,
    AppFacts,
)

KNOWN_BAD_SCORE, OTHER_SIGNER_SCORE, SAME_ICON_SCORE = 0.95, 0.9, 0.85
MAX_SCORE = 0.97
#: Bits of 256 in which the hashes of one picture in two sizes differ at most.
MAX_ICON_DISTANCE = 20


@dataclass(frozen=True)
class AppAssessment:
    """One app and why it is suspect."""

    facts: AppFacts
    score: float
    abilities: tuple[Ability, ...] = ()
    aggravations: tuple[Aggravation, ...] = ()
    brand: Brand | None = None  # that its name or icon imitates
    imitates_by: str = ""  # "label" or "icon"
    bad_signer: str = ""  # a certificate on the operator's list


@dataclass
class BrandApps:
    """Signers and icons of brands, as far as the operator loaded them."""

    table: BrandTable
    by_signer: dict[str, Brand] = field(init=False)
    icons: list[tuple[int, Brand]] = field(init=False)

    def __post_init__(self) -> None:
        known = [brand for brand in self.table.brands if brand.signers]
        self.by_signer = {signer: brand for brand in known for signer in brand.signers}
        self.icons = [(int(icon, 16), brand) for brand in known for icon in brand.icons]

    @cached_property
    def _names(self) -> tuple[ChineseNames, tuple[Brand, ...]]:
        known = tuple(brand for brand in self.table.brands if brand.signers)
        return ChineseNames(known), known

    def owner(self, certificates: tuple[str, ...]) -> Brand | None:
        """Return the brand that one of the certificates belongs to."""
        return next((self.by_signer[item] for item in certificates if item in self.by_signer), None)

    def find_by_label(self, label: str) -> Brand | None:
        """Return the brand whose name a label contains, among brands with loaded signers."""
        names, known = self._names
        found = names.find(label)
        if found is not None:
            return known[found[1]]
        words = label.casefold()
        return next((brand for brand in known if len(brand.en) >= 4 and brand.en.casefold() in words), None)

    def find_by_icon(self, icon_hash: str) -> Brand | None:
        """Return the brand whose icon resembles this one, among those loaded."""
        if not icon_hash or not int(icon_hash, 16):
            return None
        value = int(icon_hash, 16)
        near = min(((value ^ icon).bit_count() for icon, _ in self.icons), default=257)
        return next(
            (brand for icon, brand in self.icons if (value ^ icon).bit_count() == near <= MAX_ICON_DISTANCE), None
        )


def assess(
    facts: AppFacts,
    certificates: tuple[str, ...],
    icon_hash: str,
    brands: BrandApps,
    lists: Mapping[str, frozenset[str]],
) -> AppAssessment | None:
    """Return the assessment, None if a brand's own certificate is on it or nothing was found."""
    bad_signer = next((item for item in certificates if item in lists.get("bad_app_signers", ())), "")
    if bad_signer:
        return AppAssessment(facts, KNOWN_BAD_SCORE, _abilities(facts), _aggravations(facts), bad_signer=bad_signer)
    if brands.owner(certificates) is not None:
        return None
    abilities, aggravations = _abilities(facts), _aggravations(facts)
    score = _combine(abilities, aggravations)
    brand, imitates_by = brands.find_by_label(facts.label), "label"
    if brand is None:
        brand, imitates_by = brands.find_by_icon(icon_hash), "icon"
    if brand is not None:
        least = OTHER_SIGNER_SCORE if imitates_by == "label" else SAME_ICON_SCORE
        score = max(score, least)
    return AppAssessment(facts, score, abilities, aggravations, brand, imitates_by if brand else "")


def _abilities(facts: AppFacts) -> tuple[Ability, ...]:
    return tuple(sorted((item for item in ABILITIES if item.test(facts)), key=lambda item: -item.score))


def _aggravations(facts: AppFacts) -> tuple[Aggravation, ...]:
    return tuple(item for item in AGGRAVATIONS if item.test(facts))


def _combine(abilities: tuple[Ability, ...], aggravations: tuple[Aggravation, ...]) -> float:
    """Return the score: the strongest ability, more for each further one and for what aggravates; 0 without any."""
    if not abilities:
        return 0.0
    ignored = set.intersection(*({*item.ignores} for item in abilities))
    total = abilities[0].score + FURTHER_ABILITY * (len(abilities) - 1)
    total += sum(item.score for item in aggravations if item.name not in ignored)
    return round(min(MAX_SCORE, total), 4)

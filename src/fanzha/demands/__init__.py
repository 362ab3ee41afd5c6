"""What a text asks of its reader: a lexicon, a grammar of demands, and features for a linear model."""

from fanzha.demands.features import FIRST_FEATURE, Demand, feature_codes, feature_matrix, find_demands
from fanzha.demands.layout import FEATURES, DemandState, demand_title, feature_name
from fanzha.demands.lexicon import DemandKind

__all__ = [
    "FEATURES",
    "FIRST_FEATURE",
    "Demand",
    "DemandKind",
    "DemandState",
    "demand_title",
    "feature_codes",
    "feature_matrix",
    "feature_name",
    "find_demands",
]

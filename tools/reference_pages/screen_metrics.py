"""Every figure that a screen tells of itself."""

from fanzha.base.words import Words
from fanzha.screen.metric_types import BOUNDS_NS
from fanzha.screen.metrics import Metrics
from reference_pages.markdown import page, table


def screen_metrics() -> str:
    """Every figure with its labels."""
    rows = [
        (
            f"`{family.name}`",
            family.metric_type,
            family.tells.zh,
            family.tells.en,
            "; ".join(_label(*label) for label in family.labels.items()),
        )
        for family in Metrics().families
    ]
    bounds = ", ".join(f"{bound / 1e6:g}" for bound in BOUNDS_NS)
    return page(
        Words("筛查指标", "Metrics of screens"),
        Words(
            f"`/metrics` 给出的全部指标（Prometheus 文本格式 0.0.4）。时间分布的上界（毫秒）：{bounds}。",
            f"All that `/metrics` tells (text format of Prometheus, 0.0.4). Buckets end at {bounds} ms.",
        ),
        [table(["metric", "sort", "中文", "English", "labels"], rows)],
    )


def _label(name: str, values: tuple[str, ...]) -> str:
    if name == "trunk":
        return "trunk: each configured trunk, other"
    return f"{name}: {', '.join(values)}" if values else name

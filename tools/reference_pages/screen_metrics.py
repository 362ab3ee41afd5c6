"""Every figure that a screen tells of itself."""

from fanzha.base.words import Words
from fanzha.screen.metric_types import BOUNDS_NS
from fanzha.screen.metrics import Metrics
from reference_pages.markdown import page, table


def screen_metrics() -> str:
    """Every figure with its labels."""
    rows = [
        (
            f"`{one.name}`",
            one.metric_type,
            one.tells.zh,
            one.tells.en,
            "; ".join(_label(*each) for each in one.labels.items()),
        )
        for one in Metrics().families
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
    return f"{name}: {', '.join(values)}" if values else name

"""Every trained model with its card."""

from fanzha.base.words import Words
from fanzha.learn.card import Card, Figures
from fanzha.models import Model, all_models
from reference_pages.markdown import page, table, why


def models() -> str:
    """Every trained model with its sources and its card."""
    return page(
        Words("模型", "Models"),
        Words("随软件发布的模型、训练数据及许可。", "The models that ship, what they learned from and its licences."),
        map(model_part, all_models().values()),
    )


def model_part(model: Model) -> str:
    """One model: what it reads, and its card."""
    head = f"## {model.name} {model.title.zh}\n\n{model.title.en}; reads `{model.reads}`.\n\n{why('models', model)}"
    try:
        card = model.card()
    except FileNotFoundError:
        return f"{head}\n\nShips no weights: `fanzha train` makes them. 不随软件发布权重，由训练命令生成。"
    return "\n\n".join([head, *card_parts(card)])


def card_parts(card: Card) -> list[str]:
    """Return a card's parts: use, limits, data, figures, thresholds."""
    learned = [(f"`{d.path}`", d.licence, f"{d.rows:,}", d.positives or "") for d in card.learned_from]
    cuts = [(f"at most {share.replace('pct', ' %')}", f"{score:.4f}") for share, score in card.thresholds.items()]
    return [
        f"Version {card.version}, made on {card.made_on}. {card.intended_use.en}\n\n{card.intended_use.zh}",
        "\n".join(f"- {limit.en} {limit.zh}" for limit in card.limits),
        table(["learned from", "licence", "rows", "positives"], learned),
        *(f"{m.how.en} {m.how.zh} ({m.rows:,} rows)\n\n{figures(m.figures)}" for m in card.measured),
        *([table(["false alarms 误报率", "from score 阈值"], cuts)] if cuts else []),
    ]


def figures(given: Figures) -> str:
    """Return figures with their 95 % intervals; one that could not be measured shows its reason."""
    names = [name for name in given if not name.endswith(("_ci95", "_reason"))]
    rows = [(f"`{name}`", shown(given, name), interval(given.get(f"{name}_ci95"))) for name in names]
    return table(["figure", "value", "95 %"], rows)


def shown(given: Figures, name: str) -> str:
    """Return one figure as text."""
    value = given[name]
    if value is None:
        return f"not measured: {given.get(f'{name}_reason', '')}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def interval(value: object) -> str:
    """Return an interval as text."""
    return " – ".join(f"{end:.4g}" for end in value) if isinstance(value, list) else ""

"""SVG output: a box per state, a text line per event, and a vertical rail per target state.

Events with the same target share a rail, so lines with different targets do not overlap. Rails are to the right of all
text. A rail returns to its state in the row of the box, where no text is.
"""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import cycle
from typing import Literal

from fanzha.base.words import Words
from fanzha.processes._diagram.blocks import Block, Exit

ROW, GAP, BOX, PAD, RAIL = 22, 18, 28, 12, 11
_TEXT, _SMALL = 13, 12
_INK, _SOFT, _PAPER, _LINE, _HARM, _WARN = "#1d2733", "#5b6875", "#ffffff", "#c3ccd6", "#b3261e", "#9a5b00"
_RAILS = ("#2563a8", "#1f7a4d", "#8a3ffc", "#b3541e", "#0f7c8a", "#a83263", "#5c6f00", "#6b5bd2")

Language = Literal["zh", "en"]


def text_width(text: str, size: int = _TEXT) -> float:
    """Return the approximate width of a text in pixels: Chinese characters are square, others about half as wide."""
    return sum(size if ord(letter) > 0x2E7F else size * 0.56 for letter in text)


def localized(words: Words, language: Language) -> str:
    """Return the words in one language."""
    return words.zh if language == "zh" else words.en


class Panel:
    """The drawing of one machine; `lines` yields its SVG elements."""

    def __init__(self, blocks: Sequence[Block], language: Language, top: float) -> None:
        """Place the blocks below each other, from `top` on."""
        self._language: Language = language
        self._boxes: list[tuple[Block, float]] = []
        y = top
        for block in blocks:
            self._boxes.append((block, y))
            y += BOX + ROW * len(block.exits) + GAP
        self.bottom = y
        targets = dict.fromkeys(exit.to for block in blocks for exit in block.exits if exit.to)
        self._colors = dict(zip(targets, cycle(_RAILS), strict=False))
        edge = max(self._text_width(block) for block in blocks) + 16
        self._rails = {target: edge + RAIL * number for number, target in enumerate(targets)}
        self.width = edge + RAIL * len(targets) + PAD

    def _text_width(self, block: Block) -> float:
        rows = [text_width(self._row(exit), _SMALL) + 3 * PAD + 14 for exit in block.exits]
        return max([self._box_width(block) + 2 * PAD, *rows])

    def _row(self, exit: Exit) -> str:
        title, actor = localized(exit.title, self._language), localized(exit.actor, self._language)
        return f"{title}  {actor}" if actor else title

    def _box_width(self, block: Block) -> float:
        return 1.12 * text_width(localized(block.title, self._language)) + 2 * PAD  # bold

    def lines(self) -> Iterator[str]:
        """Yield the SVG elements."""
        yield from self._draw_rails()
        for block, y in self._boxes:
            yield from self._draw_box(block, y)
            for number, exit in enumerate(block.exits):
                yield from self._draw_exit(exit, y + BOX + ROW * number + ROW / 2)

    def _draw_rails(self) -> Iterator[str]:
        boxes = {block.state: (block, y + BOX / 2) for block, y in self._boxes if block.state}
        for target, x in self._rails.items():
            block, into = boxes[target]
            rows = [
                y + BOX + ROW * number + ROW / 2
                for rail, y in self._boxes
                for number, exit in enumerate(rail.exits)
                if exit.to == target
            ]
            color, x_left = self._colors[target], PAD + self._box_width(block)
            yield (
                f'<path d="M{x:g} {min([into, *rows]):g}V{max([into, *rows]):g}M{x:g} {into:g}H{x_left + 8:g}"'
                f' fill="none" stroke="{color}" stroke-width="1.5"/>'
                f'<path d="M{x_left + 1:g} {into:g}l9 -4.5v9z" fill="{color}"/>'
            )

    def _draw_box(self, block: Block, y: float) -> Iterator[str]:
        title = escape(localized(block.title, self._language))
        if not block.state:
            yield f'<text x="{PAD}" y="{y + BOX / 2 + 4:g}" fill="{_SOFT}" font-weight="600">{title}</text>'
            return
        edge = _HARM if block.is_limiting else _WARN if block.needs_attention else _INK if block.is_end else _SOFT
        radius, stroke = (14, 2.5) if block.is_end else (5, 1.5)
        yield (
            f'<rect x="{PAD}" y="{y:g}" width="{self._box_width(block):g}" height="{BOX}" rx="{radius}" fill="{_PAPER}"'
            f' stroke="{edge}" stroke-width="{stroke}"/>'
            f'<text x="{2 * PAD}" y="{y + BOX / 2 + 4.5:g}" fill="{_INK}" font-weight="600">{title}</text>'
        )

    def _draw_exit(self, exit: Exit, y: float) -> Iterator[str]:
        title, actor = escape(localized(exit.title, self._language)), escape(localized(exit.actor, self._language))
        dash = ' stroke-dasharray="4 3"' if exit.is_automatic else ""
        yield (
            f'<text x="{2 * PAD + 6}" y="{y + 4:g}" font-size="{_SMALL}" fill="{_INK}">{title}'
            f'<tspan dx="8" fill="{_SOFT}">{actor}</tspan></text>'
        )
        if exit.to:
            x, color = self._rails[exit.to], self._colors[exit.to]
            begin = 2 * PAD + 6 + text_width(self._row(exit), _SMALL) + 8
            yield (
                f'<path d="M{begin:g} {y:g}H{x:g}" stroke="{color}" stroke-width="1.5"{dash}/>'
                f'<circle cx="{x:g}" cy="{y:g}" r="2.5" fill="{color}"/>'
            )


def document(parts: Sequence[str], width: float, height: float, title: str) -> str:
    """Return an SVG document with its own background, readable on light and dark pages."""
    font = "system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
    size = f'width="{width:g}" height="{height:g}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" {size}'
        f' role="img" font-family="{font}" font-size="{_TEXT}"><title>{escape(title)}</title>'
        f'<rect {size} rx="6" fill="{_PAPER}" stroke="{_LINE}"/>{"".join(parts)}</svg>'
    )

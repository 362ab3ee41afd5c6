"""Draw a process as an SVG diagram."""

from html import escape

from fanzha.base.words import Words
from fanzha.processes._diagram.blocks import build_blocks
from fanzha.processes._diagram.svg import PAD, Language, Panel, document, localized
from fanzha.processes.process import Machine, Process

_HEAD = 30


def draw(process: Process, language: Language = "en") -> str:
    """Return an SVG document: states as boxes (red edge: limiting; amber: needs attention; round: an end).

    Below each state are the events that leave it, their actors, and a line to the target state. The line is dashed if
    only a deadline or the state of the legs fires the event.
    """
    parts, width, y = list[str](), 0.0, float(PAD)
    machines: list[tuple[Words, Machine, str]] = [(process.title, process, "")]
    if process.legs:
        machines.append((process.legs.title, process.legs, process.legs.start))
    for title, machine, start in machines:
        parts.append(
            f'<text x="{PAD}" y="{y + 16:g}" font-size="16" font-weight="700">'
            f"{escape(localized(title, language))}</text>"
        )
        panel = Panel(build_blocks(machine, start), language, y + _HEAD)
        parts += panel.lines()
        width, y = max(width, panel.width), panel.bottom
    return document(parts, width, y, localized(process.title, language))

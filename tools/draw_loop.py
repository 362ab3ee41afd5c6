"""Draw the loop of the platform as `docs/loop.svg` and `docs/loop.zh.svg`: what works today is solid, the rest dashed.

Usage: python tools/draw_loop.py docs
"""

import argparse
from pathlib import Path

# station: English, Chinese, what stands under it (en, zh), works today
STATIONS = (
    ("signals", "信号", "files, feeds, reports", "文件、馈送、举报", True),
    ("windows", "窗口", "exact counts over time", "按时间精确聚合", True),
    ("rules + models", "规则与模型", "detectors", "检测器", True),
    ("findings", "线索", "claims with reasons", "带理由的主张", True),
    ("verdicts", "研判结论", "fused, scoped, expiring", "融合、限定、到期", True),
    ("processes", "流程", "people decide", "由人决定", False),
    ("orders, warnings, shares", "指令·预警·共享", "carried out and proven", "执行并证实", False),
    ("screens", "实时处置", "answer from a snapshot", "依快照当场应答", True),
)
WIDTH, HEIGHT, BOX_WIDTH, BOX_HEIGHT = 940, 300, 200, 64


def places() -> list[tuple[int, int]]:
    """Return the top left corners of the boxes: four above from left to right, four below from right to left."""
    step = (WIDTH - BOX_WIDTH - 20) // 3
    above = [(10 + step * n, 30) for n in range(4)]
    return above + [(x, 190) for x, _ in reversed(above)]


def drawing(language: int) -> str:
    """Return the whole picture in English (0) or Chinese (1)."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="system-ui, Noto Sans CJK SC, sans-serif">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff" rx="8"/>',
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#5d6878"/></marker></defs>',
    ]
    corners = places()
    for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
        parts.append(arrow(start, end))
    for (x, y), station in zip(corners, STATIONS, strict=True):
        parts.append(box(x, y, station[language], station[2 + language], station[4]))
    note = ("solid: works today; dashed: next", "实线：今日可用；虚线：下一步")[language]
    parts.append(
        f'<text x="{WIDTH - 12}" y="{HEIGHT - 10}" font-size="12" text-anchor="end" fill="#5d6878">{note}</text></svg>'
    )
    return "\n".join(parts) + "\n"


def arrow(start: tuple[int, int], end: tuple[int, int]) -> str:
    """Return the line from the edge of one box to the edge of the next."""
    (x1, y1), (x2, y2) = start, end
    middle, half = BOX_HEIGHT // 2, BOX_WIDTH // 2
    if y1 != y2:
        y1, y2 = (y1 + BOX_HEIGHT, y2) if y2 > y1 else (y1, y2 + BOX_HEIGHT)
        ends = (x1 + half, y1, x2 + half, y2)
    else:
        ends = (
            (x1 + BOX_WIDTH, y1 + middle, x2, y2 + middle)
            if x2 > x1
            else (x1, y1 + middle, x2 + BOX_WIDTH, y2 + middle)
        )
    return '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="#5d6878" stroke-width="1.5" marker-end="url(#head)"/>'.format(
        *ends
    )


def box(x: int, y: int, title: str, under: str, works: bool) -> str:
    """Return one station."""
    middle = x + BOX_WIDTH // 2
    look = 'fill="#eaf1fb" stroke="#1f5fbf"' if works else 'fill="#f5f7f9" stroke="#9aa5b4" stroke-dasharray="5 4"'
    return (
        f'<rect x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6" {look}/>'
        f'<text x="{middle}" y="{y + 28}" font-size="15" font-weight="600" text-anchor="middle">{title}</text>'
        f'<text x="{middle}" y="{y + 48}" font-size="12" text-anchor="middle" fill="#5d6878">{under}</text>'
    )


def main() -> None:
    """Draw both languages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    (folder / "loop.svg").write_text(drawing(0), "utf-8")
    (folder / "loop.zh.svg").write_text(drawing(1), "utf-8")


if __name__ == "__main__":
    main()

"""Made-up labelled texts, no two alike, for tests of training on an operator's own cases."""

from pathlib import Path

import numpy as np

_CHARACTERS = [chr(code) for code in range(0x4E00, 0x5200)]


def write_cases(path: Path, frauds: int = 60, innocents: int = 150, seed: int = 0) -> Path:
    """Write a table with columns content and verdict; frauds speak of a trick that no shipped text knows."""
    rng = np.random.default_rng(seed)
    lines = ["content,verdict"]
    for number in range(frauds + innocents):
        words = "".join(rng.choice(_CHARACTERS, 18))
        trick, label = ("把琥珀凭证拍给", "诈骗") if number < frauds else ("把琥珀吊坠送给", "正常")
        lines.append(f"{words[:9]}{trick}{words[9:]},{label}")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path

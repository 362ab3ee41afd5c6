"""`fanzha sample` draws two sheets and reads them back."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from fanzha.cli import fanzha

NAMES = ("--first", "王", "--second", "李")


def run(*words: str) -> Result:
    return CliRunner().invoke(fanzha, ["sample", *words])


def draw(folder: Path) -> Path:
    """Draw eight of 40 account openings of two outlets, to be marked by whether the photo matches."""
    (folder / "openings.csv").write_text(
        "outlet,photo\n" + "".join(f"{'AB'[n % 2]},{n}.jpg\n" for n in range(40)), "utf-8"
    )
    options = ("--by", "outlet", "--size", "8", "--seed", "3", "--marks", "match,mismatch")
    drawn = run("draw", str(folder / "openings.csv"), *options, "--out", str(folder / "out"))
    assert drawn.exit_code == 0 and "8 rows drawn from 2 strata" in drawn.output, drawn.output
    return folder / "out"


def mark(sheet: Path, wrong: int = 0) -> None:
    header, *rows = sheet.read_text("utf-8-sig").splitlines()
    marked = [row[:-1] + ("mismatch," if number < wrong else "match,") for number, row in enumerate(sorted(rows))]
    sheet.write_text("\n".join([header, *marked]), "utf-8-sig")


def test_machines_get_agreement_and_the_share_of_each_stratum(tmp_path: Path) -> None:
    folder = draw(tmp_path)
    mark(folder / "first.csv", 1)
    mark(folder / "second.csv", 1)
    result = json.loads(run("report", str(folder), *NAMES, "--json").stdout)
    assert result["agreement"]["kappa"] == 1 and result["counted_mark"] == "match" and result["below"] is None
    assert result["share"]["value"] == 7 / 8 and [row["population"] for row in result["strata"]] == [20, 20]


def test_people_are_led_to_the_third_sheet_and_then_read_the_share(tmp_path: Path) -> None:
    folder = draw(tmp_path)
    mark(folder / "first.csv", 2)
    mark(folder / "second.csv", 1)
    assert "1 rows differ" in run("report", str(folder), *NAMES).output.replace("\n", " ")
    mark(folder / "third.csv")
    shown = run("report", str(folder), *NAMES, "--third", "赵")
    assert shown.exit_code == 0 and "87.5%" in shown.output and "kappa 0.60" in shown.output

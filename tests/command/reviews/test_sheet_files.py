"""A marker's sheet goes out and comes back; the folder of a settled sample gives `fanzha sample` the same figures."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.command.people import World
from tests.command.reviews.factories import WANTED, drawn, findings, judge, mark_all, settled, viewers
from tests.command.subjects.factories import finding_row

from fanzha.cli import fanzha
from fanzha.command.reviews.results import summarize_sample
from fanzha.command.reviews.sheet_files import pack_folder, read_marker_sheet, write_marker_sheet
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.processes.refusal import Refusal


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_a_sheet_goes_out_with_masked_content_and_comes_back_with_marks(world: World) -> None:
    findings(world)
    sample, (first, _second, _third) = drawn(world), viewers(world)
    right = judge(sample)
    with scoped_to(first):
        sheet = write_marker_sheet(sample, first)
        assert len(rows(sheet)) == 12 and "17000000001" not in sheet.decode() and "made-up" not in sheet.decode()
        filled = io.StringIO()
        writer = csv.DictWriter(filled, ["item", "mark"])
        writer.writeheader()
        writer.writerows({"item": row["item"], "mark": right[row["item"]]} for row in rows(sheet)[:5])
        marks = read_marker_sheet(sample, filled.getvalue().encode())
    assert len(marks) == 5
    mark_all(sample, first, marks)
    with scoped_to(first):
        assert sum(bool(row["mark"]) for row in rows(write_marker_sheet(sample, first))) == 5


def test_victims_stand_in_no_sheet(world: World) -> None:
    findings(world)
    finding_row(world["carrier"], fraud_type="victim_at_risk")
    sample, first = drawn(world, WANTED._replace(size=13)), viewers(world)[0]
    with scoped_to(first):
        assert len(rows(write_marker_sheet(sample, first))) == 12


def test_the_folder_of_a_settled_sample_gives_the_command_line_the_same_figures(world: World, tmp_path: Path) -> None:
    sample = settled(world, 40, wrong=2)
    with scoped_to(viewers(world)[0]):
        shown, data = summarize_sample(sample), pack_folder(sample)
    zipfile.ZipFile(io.BytesIO(data)).extractall(tmp_path)
    names = ("--first", "A", "--second", "B", "--third", "C", "--json")
    run = CliRunner().invoke(fanzha, ["sample", "report", str(tmp_path / sample.ref), *names])
    result = json.loads(run.stdout)
    assert shown is not None and shown.share is not None
    assert result["agreement"]["kappa"] == shown.agreement.kappa
    assert result["share"]["value"] == shown.share.value and result["share"]["low"] == shown.share.low


def test_what_cannot_be_handed_over_is_refused(world: World) -> None:
    findings(world)
    sample, first = drawn(world), viewers(world)[0]
    executor = world.viewer("carrier", Role.EXECUTOR)
    with scoped_to(first):
        with pytest.raises(Refusal, match="when all disagreements are settled"):
            pack_folder(sample)
        with pytest.raises(Refusal, match="no columns item and mark"):
            read_marker_sheet(sample, b"a,b\n1,2\n")
    with scoped_to(executor), pytest.raises(Refusal, match="not a marker of this sample"):
        write_marker_sheet(sample, executor)

"""A played month fills bulletin and forms; each figure opens to its rows, and DuckDB computes all from raw rows."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.field.played_month import SETTINGS, PlayedMonth

from fanzha.base.clock import to_ms
from fanzha.command.bulletins.models import Bulletin, BulletinCase, BulletinFigure
from fanzha.command.bulletins.services import draft_bulletin
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models import ProcessInstance, Timer, TimerStatus
from fanzha.command.processes.selectors import to_actor
from fanzha.command.processes.services import pass_timer
from fanzha.command.statistics.definitions import RowSource, load_figures
from fanzha.command.statistics.figures import build_scope, compute_figure, counted_organizations
from fanzha.command.statistics.form_definitions import load_forms
from fanzha.command.statistics.form_values import read_form
from fanzha.command.statistics.periods import parse_period
from fanzha.command.statistics.raw_rows import compare_figures, open_raw_rows, recompute_figure, write_raw_rows
from fanzha.command.statistics.row_tables import select_rows
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.run.demo_province import create_demo_province

pytestmark = [pytest.mark.field, pytest.mark.django_db]
MONTH = parse_period("2026-10")
OPERATORS = ("mobile", "telecom", "virtual")


def test_a_played_month_fills_bulletin_and_forms_and_is_recomputed_from_raw_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("FANZHA_HOME", str(home))
    (home / "fanzha.toml").write_text(SETTINGS, "utf-8")
    province = create_demo_province("a long made-up pass phrase", MONTH.since - timedelta(days=40))
    played = PlayedMonth(province, MONTH)
    with unscoped("the test plays all parts"):
        played.play()
        with played.clock.running():
            bulletin = publish_bulletin(played)
            forms = [fill_form(played, form) for form in load_forms()]
        write_raw_rows(tmp_path / "rows")
        groups = [[province[name]] for name in (*OPERATORS, "centre", "administration")]
        groups.append([province[name] for name in (*OPERATORS, "centre")])
        compared = compare_everything(tmp_path / "rows", groups)
        of_bulletin = list(compare_bulletin(tmp_path / "rows", bulletin))
        of_forms = [pair for form in forms for pair in compare_form(tmp_path / "rows", form)]
        opened = sum(open_rows(group) for group in groups)
        processes = ProcessInstance.objects.count()
    steps, refused = sum(played.taken.values()), sum(played.refused.values())
    record_property("played", f"{processes} processes, {steps} steps, {refused} refused")
    record_property("equal", f"{len(compared)} figures, {len(of_bulletin)} of the bulletin, {len(of_forms)} of forms")
    print(f"{processes} processes, {steps} steps, {refused} refused: {dict(played.refused)}")
    print(
        f"equal: {len(compared)} figures, {len(of_bulletin)} of the bulletin, {len(of_forms)} of forms; {opened} opened"
    )
    assert processes >= 180 and steps >= 600 and refused < steps / 20
    assert [pair for pair in (*compared, *of_bulletin, *of_forms) if not pair.is_equal] == []
    moved = {pair.name for pair in compared if any(pair.ours)}
    unmoved = sorted(set(load_figures()) - moved)
    assert len(unmoved) <= len(load_figures()) / 10, unmoved  # what is drawn by the site itself differs each time
    assert bulletin.content["figures"] and bulletin.published_at


class ComparedPair(NamedTuple):
    """A number of the site and what DuckDB computes."""

    name: str
    ours: tuple[float | None, float | None]
    theirs: tuple[float | None, float | None]

    @property
    def is_equal(self) -> bool:
        """Return whether both agree."""
        return (
            self.ours == pytest.approx(self.theirs, rel=1e-9, nan_ok=True)
            if None not in self.ours
            else (self.ours == self.theirs)
        )


def publish_bulletin(played: PlayedMonth) -> Bulletin:
    """Draft, send, answer, propose and publish the bulletin of the month."""
    steps, clock = played.steps, played.clock
    analyst = to_actor(steps.viewer("centre", Role.ANALYST))
    instance = draft_bulletin(played.province["centre"], MONTH, analyst, clock.now)
    steps.take(instance, "send", "centre", Role.ANALYST)
    for leg in instance.legs.all():
        name = next(name for name in played.province.organizations if played.province[name].pk == leg.receiver_id)
        if name != "virtual":
            steps.take(instance, "reply", name, Role.ANALYST, leg_of=name, opinion="agrees", reply="So it is.")
    for timer in Timer.objects.filter(instance=instance, deadline="reply", state=TimerStatus.WAITING):
        pass_timer(timer, timer.due_at + timedelta(seconds=1))
    steps.take(instance, "propose", "centre", Role.ANALYST)
    steps.take(instance, "publish", "centre", Role.REVIEWER)
    return Bulletin.objects.get(ref=instance.ref)


def fill_form(played: PlayedMonth, form: str) -> ProcessInstance:
    """Open a form of the carrier for the month and let the machine fill it."""
    day = to_ms(MONTH.since + timedelta(days=3))
    instance = played.steps.open("statistical_form", "open_form", "mobile", Role.CLERK, form=form, day=day)
    played.steps.take(instance, "fill", "mobile", Role.CLERK)
    return instance


def compare_everything(folder: Path, groups: list[list[Organization]]) -> list[ComparedPair]:
    """Compare every figure of each group for the month, the quarter and a week."""
    figures = list(load_figures().values())
    return [
        ComparedPair(pair.name, pair.ours, pair.theirs if not pair.is_equal else pair.ours)
        for group in groups
        for key in ("2026-10", "2026-Q4", "2026-W42")
        for pair in compare_figures(folder, figures, group, parse_period(key))
    ]


def compare_bulletin(folder: Path, bulletin: Bulletin) -> Iterator[ComparedPair]:
    """Compare each stored figure of a bulletin, and the rows stored behind it, with what DuckDB computes."""
    rows = list(BulletinFigure.objects.filter(bulletin=bulletin).select_related("organization"))
    everybody = list(
        bulletin.owner.supervises.filter(kind__in=("carrier", "mvno", "isp", "platform", "aggregator", "bank"))
    )
    with open_raw_rows(folder) as connection:
        for row in rows:
            of = [row.organization] if row.organization else everybody
            theirs = recompute_figure(connection, load_figures()[row.measure], of, MONTH)
            ours = tuple(None if value is None else float(value) for value in (row.part, row.whole))
            yield ComparedPair(f"bulletin {row.measure}", ours, theirs)  # type: ignore[arg-type]
            cases = BulletinCase.objects.filter(bulletin=bulletin, measure=row.measure, organization__in=of)
            counted = float(cases.filter(is_part=True).count()), float(cases.filter(is_whole=True).count())
            is_share = load_figures()[row.measure].measure == "share"
            yield ComparedPair(f"rows of {row.measure}", counted, theirs if is_share else (theirs[0], counted[1]))


def compare_form(folder: Path, form: ProcessInstance) -> Iterator[ComparedPair]:
    """Compare each field that a figure fills with what DuckDB computes."""
    with open_raw_rows(folder) as connection:
        for row in read_form(form):
            if not row.field.figure or row.field.months_back or row.field.part == "value":
                continue
            theirs = recompute_figure(connection, load_figures()[row.field.figure], [form.owner], MONTH)
            number = theirs[("numerator", "denominator").index(row.field.part)]
            expected = None if number is None else float(Decimal(str(number)).quantize(Decimal("0.01")))
            ours = None if row.computed is None else float(row.computed)
            yield ComparedPair(f"form {row.field.name}", (ours, None), (expected, None))


def open_rows(organizations: list[Organization]) -> int:
    """Open each part of each figure to its rows, as the page does; there are as many as the figure counts."""
    opened = 0
    for definition in load_figures().values():
        figure = compute_figure(definition, organizations, MONTH)
        scope = build_scope(counted_organizations(definition, organizations), MONTH)
        parts = (
            (definition.numerator, figure.lineage.numerator_rows),
            (definition.denominator, figure.lineage.denominator_rows),
        )
        for source, count in parts:
            if isinstance(source, RowSource) and not source.until:
                assert select_rows(source, scope).count() == count, definition.name
                opened += 1
    return opened

"""On the page of an import a number that is watched is masked, with the press that is logged; others stand whole."""

from django.urls import reverse
from tests.command.imports.handed import SPARED, handed_in
from tests.command.people import World
from tests.command.subjects.made import finding_row, subject

from fanzha.command.imports.spared_rows import spared_rows
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import seen_by

MORE = f"{SPARED}+8617000005678,入口,专线,示例银行,牌照,2099-01-01\n"


def test_a_number_that_is_a_subject_is_masked(world: World) -> None:
    finding_row(world["carrier"])
    job = handed_in(world, "spared", MORE)
    with seen_by(world.viewer("carrier", Role.REVIEWER)):
        first, second = spared_rows(job, 10)
    assert first.subject == subject() and second.subject is None
    assert (first.origin, second.origin) == ("trunk MSC-1", "leased lines")
    shown = world.client("carrier", Role.REVIEWER).get(reverse("import", args=[job.ref])).content.decode()
    assert "+8617000005678" in shown and "17000001234" not in shown
    assert reverse("unmask", args=[subject().ref]) in shown


def test_a_subject_that_the_reader_does_not_know_tells_him_nothing(world: World) -> None:
    finding_row(world["bank"])
    job = handed_in(world, "spared", SPARED)
    with seen_by(world.viewer("carrier", Role.REVIEWER)):
        (only,) = spared_rows(job, 10)
    assert only.subject is None

"""What goes on record of an export names table, purpose and case, and nothing that stands in it."""

from tests.command.exports.verdicts_made import asked, verdict
from tests.command.people import World

from fanzha.command.exports.log_drafts import build_draft


def test_it_tells_what_for_and_no_values(world: World) -> None:
    verdict(world["carrier"])
    export = asked(world, case="C1")
    told = build_draft("export", export, "person-1", "organisation-1", rows=3)
    assert (told.kind, told.actor, told.about) == ("export", "person-1", export.ref)
    assert told.facts == {
        "table": "subjects",
        "narrowed": {},
        "purpose": "a report",
        "case": "C1",
        "unmasked": False,
        "rows": 3,
    }

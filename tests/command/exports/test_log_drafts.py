"""What goes on record of an export names table, purpose and case, and nothing that stands in it."""

from tests.command.exports.factories import request_table, verdict
from tests.command.people import World

from fanzha.command.exports.log_drafts import build_draft


def test_it_tells_what_for_and_no_values(world: World) -> None:
    verdict(world["carrier"])
    export = request_table(world, case="C1")
    draft = build_draft("export", export, "person-1", "organisation-1", rows=3)
    assert (draft.kind, draft.actor, draft.about) == ("export", "person-1", export.ref)
    assert draft.facts == {
        "table": "subjects",
        "narrowed": {},
        "purpose": "a report",
        "case": "C1",
        "unmasked": False,
        "rows": 3,
    }

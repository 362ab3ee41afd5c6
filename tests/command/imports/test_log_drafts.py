"""The log names an import, its owner and who acted, and holds none of its rows."""

from tests.command.imports.factories import PORTED, handed_in
from tests.command.people import World

from fanzha.command.imports.log_drafts import build_draft


def test_a_draft_names_the_import_and_who_acted(world: World) -> None:
    job = handed_in(world, "portability", PORTED)
    draft = build_draft("import_read", job, job.made_by, used=2)
    assert job.made_by is not None
    assert (draft.kind, draft.actor, draft.organization) == ("import_read", job.made_by.ref, world["carrier"].ref)
    assert (draft.about, draft.facts) == (job.ref, {"used": 2})
    assert build_draft("import_read", job, None).actor == ""

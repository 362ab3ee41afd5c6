"""Evidence packs that one person does not take out alone are asked for, approved, made and fetched as tables are."""

from fanzha.command.evidence.pack_builder import PackRequest, make_pack
from fanzha.command.evidence.permissions import SHOWN_PERSONAL
from fanzha.command.exports.export_file import WrittenFile, write_whole
from fanzha.command.exports.models import Export
from fanzha.command.web.viewer import Viewer


def may_pack(viewer: Viewer) -> bool:
    """Return whether a viewer may take out packs with personal values."""
    return viewer.has(*SHOWN_PERSONAL)


def write_pack(export: Export, viewer: Viewer) -> WrittenFile:
    """Write the pack of an export that was approved, as whoever asked may read the case now: he is on record for it.

    Belongs into his scope.
    """
    asked = PackRequest(export.narrowed["ref"], export.purpose, export.actor, export.owner.ref, True, export.rows)
    made = make_pack(asked, viewer)
    export.done = made.values
    return write_whole(export.ref, made.zip)

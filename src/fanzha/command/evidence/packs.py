"""Evidence packs that need approval. They are requested, approved, built and downloaded like exports."""

from fanzha.command.evidence.pack_builder import PackRequest, make_pack
from fanzha.command.evidence.permissions import SHOWN_PERSONAL
from fanzha.command.exports.export_file import WrittenFile, write_whole
from fanzha.command.exports.models import Export
from fanzha.command.web.viewer import Viewer


def may_pack(viewer: Viewer) -> bool:
    """Return whether a viewer may export packs with personal values."""
    return viewer.has(*SHOWN_PERSONAL)


def write_pack(export: Export, viewer: Viewer) -> WrittenFile:
    """Write the pack of an approved export, with the entries that the requester may read now, and record it.

    Call it within the requester's scope.
    """
    pack_request = PackRequest(
        export.narrowed["ref"], export.purpose, export.actor, export.owner.ref, True, export.rows
    )
    pack = make_pack(pack_request, viewer)
    export.done = pack.values
    return write_whole(export.ref, pack.zip)

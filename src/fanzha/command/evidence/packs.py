"""Evidence packs that need approval. They are requested, approved, built and downloaded like exports."""

from typing import TYPE_CHECKING

from fanzha.command.evidence.pack_builder import PackRequest, make_pack
from fanzha.command.evidence.permissions import SHOWN_PERSONAL
from fanzha.command.exports.services import WrittenFile, write_file
from fanzha.command.web.viewer import Viewer

if TYPE_CHECKING:
    from fanzha.command.exports.models import Export


def may_pack(viewer: Viewer) -> bool:
    """Return whether a viewer may export packs with personal values."""
    return viewer.has(*SHOWN_PERSONAL)


def write_pack(export: "Export", viewer: Viewer) -> WrittenFile:
    """Write the pack of an approved export, with the entries that the requester may read now, and record it.

    Call it within the requester's scope.
    """
    pack_request = PackRequest(
        export.narrowed["ref"], export.purpose, export.actor, export.owner.ref, True, export.rows
    )
    pack = make_pack(pack_request, viewer)
    export.done = pack.values
    return write_file(export.ref, pack.zip)

"""API routes of saved views."""

from typing import Annotated

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.saved_views.models import SavedView
from fanzha.command.saved_views.schemas import SavedViewChangeIn, SavedViewIn, SavedViewOut
from fanzha.command.saved_views.selectors import find_views
from fanzha.command.saved_views.services import delete_view, save_view, set_default, set_shared
from fanzha.command.web.api import Page, Paging, paginate

ROUTER = Router(tags=["saved_views"])
PagingQuery = Annotated[Paging, Query()]


@ROUTER.get("", response=Page[SavedViewOut], operation_id="fanzha_command_saved_views_api_list_views")
def list_views(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List the caller's views and those that colleagues share."""
    page = paginate(find_views(), paging)
    return page | {"items": [SavedViewOut.of(view, request.viewer.person) for view in page["items"]]}


@ROUTER.post("", response={201: SavedViewOut}, operation_id="fanzha_command_saved_views_api_save_view")
def save(request: ApiRequest, body: SavedViewIn) -> Status[SavedViewOut]:
    """Save a view of the caller; a key has none."""
    view = save_view(body.page, body.name, body.query, request.viewer, share=body.shared)
    return Status(201, SavedViewOut.of(view, request.viewer.person))


@ROUTER.patch("/{ref}", response=SavedViewOut, operation_id="fanzha_command_saved_views_api_change_view")
def change(request: ApiRequest, ref: str, body: SavedViewChangeIn) -> SavedViewOut:
    """Share a view or no longer, and open its list with it or no longer."""
    view = get_object_or_404(SavedView, ref=ref)
    if body.shared is not None:
        set_shared(view, request.viewer, is_shared=body.shared)
    if body.default is not None:
        set_default(view, request.viewer, is_default=body.default)
    view.refresh_from_db()
    return SavedViewOut.of(view, request.viewer.person)


@ROUTER.delete("/{ref}", response={204: None}, operation_id="fanzha_command_saved_views_api_delete_view")
def delete(request: ApiRequest, ref: str) -> Status[None]:
    """Delete a view of the caller."""
    delete_view(get_object_or_404(SavedView, ref=ref), request.viewer)
    return Status(204, None)

"""API routes of app samples."""

from base64 import b64encode
from typing import Annotated

from django.shortcuts import get_object_or_404
from ninja import File, Query, Router, Status, UploadedFile

from fanzha.command.app_samples.models import AppSample
from fanzha.command.app_samples.schemas import (
    AppSampleDetailOut,
    AppSampleOut,
    ContainerOut,
    DownloadIn,
    HandedOnSampleOut,
)
from fanzha.command.app_samples.selectors import HOLDERS, OWNERS, READERS, TAKERS, find_samples
from fanzha.command.app_samples.services import disclose_sample, erase_sample, open_app_process, take_sample
from fanzha.command.app_samples.tasks import queue_sample
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.organizations.selectors import get_actor_ref
from fanzha.command.web.api import Page, Paging, for_roles, paginate

ROUTER = Router(tags=["app_samples"])
PagingQuery = Annotated[Paging, Query()]


@ROUTER.get("/", response=Page[AppSampleOut], operation_id="fanzha_command_app_samples_api_list_samples")
@for_roles(*READERS, kinds=OWNERS)
def list_samples(request: ApiRequest, paging: PagingQuery, state: str = "", text: str = "") -> dict[str, object]:
    """List the samples of the caller's organisation: all, those in a state, or those that match a text."""
    page = paginate(find_samples(state, text), paging)
    return page | {"items": [AppSampleOut.of(sample) for sample in page["items"]]}


@ROUTER.post("/", response={201: AppSampleOut}, operation_id="fanzha_command_app_samples_api_take_sample")
@for_roles(*TAKERS, kinds=OWNERS)
def take(request: ApiRequest, file: File[UploadedFile]) -> Status[AppSampleOut]:
    """Take a file in; it is read in the background. The same file again is the same sample."""
    actor = get_actor_ref(request.viewer, request.organization.ref)
    sample = take_sample(request.organization, file.chunks(), "api", actor, note=(file.name or "")[:300])
    queue_sample(sample)
    return Status(201, AppSampleOut.of(sample))


@ROUTER.get("/{ref}", response=AppSampleDetailOut, operation_id="fanzha_command_app_samples_api_read_sample")
@for_roles(*READERS, kinds=OWNERS)
def read_one(request: ApiRequest, ref: str) -> AppSampleDetailOut:
    """Return one sample with its facts and the samples that share something."""
    return AppSampleDetailOut.of(_find(ref))


@ROUTER.post("/{ref}/download", response=ContainerOut, operation_id="fanzha_command_app_samples_api_download_sample")
@for_roles(*HOLDERS, kinds=OWNERS)
def download(request: ApiRequest, ref: str, body: DownloadIn) -> ContainerOut:
    """Return the file of a sample in a container that nothing runs, for a purpose on record."""
    sample = _find(ref)
    container = disclose_sample(request.viewer, sample, body.purpose)
    return ContainerOut(name=f"{sample.sha256}.quarantine", data=b64encode(container).decode())


@ROUTER.delete("/{ref}/file", response={204: None}, operation_id="fanzha_command_app_samples_api_erase_sample")
@for_roles(*HOLDERS, kinds=OWNERS)
def erase(request: ApiRequest, ref: str) -> Status[None]:
    """Erase the file of a sample; its facts stay."""
    erase_sample(request.viewer, _find(ref))
    return Status(204, None)


@ROUTER.post(
    "/{ref}/indicator", response={201: HandedOnSampleOut}, operation_id="fanzha_command_app_samples_api_hand_on"
)
@for_roles(*TAKERS, kinds=OWNERS)
def hand_sample_on(request: ApiRequest, ref: str) -> Status[HandedOnSampleOut]:
    """Report a sample as an indicator, which people judge."""
    return Status(201, HandedOnSampleOut(process=open_app_process(request.viewer, _find(ref)).ref))


def _find(ref: str) -> AppSample:
    return get_object_or_404(find_samples(), ref=ref)

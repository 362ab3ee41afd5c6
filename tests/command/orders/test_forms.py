"""What people fill in is read as they mean it: pasted lists, proofs as files or text, both sorts of measurement."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict
from tests.command.people import World

from fanzha.command.orders.forms import DoneForm, EndpointForm, MeasurementForm, OrderFilterForm
from fanzha.dispose import all_channels
from fanzha.store.evidence_files import find_file

pytestmark = pytest.mark.usefixtures("own_home", "in_english")


def test_nonsense_narrows_nothing(world: World) -> None:
    assert OrderFilterForm(world.viewer("centre"), {"show": "x", "receiver": "y"}).to_filter().show == "open"
    narrowed = OrderFilterForm(world.viewer("centre"), {"state": "closed", "receiver": world["isp"].ref}).to_filter()
    assert (narrowed.show, narrowed.state, narrowed.receiver) == ("all", "closed", world["isp"].ref)


def test_a_proof_is_a_file_or_pasted(world: World) -> None:
    viewer = world.viewer("carrier")
    pasted = DoneForm({"pasted": "log"})
    assert pasted.is_valid() and find_file(pasted.to_evidence("report_executed", viewer)["proof"]) is not None
    filed = DoneForm({"result": "blocked"}, MultiValueDict({"proof": [SimpleUploadedFile("a.txt", b"x")]}))
    assert filed.is_valid() and filed.to_evidence("report_executed", viewer)["result"] == "blocked"
    assert set(pasted.to_evidence("report_lifted", viewer)) == {"lifted_at", "result"}


def test_a_report_without_the_proof_that_the_process_asks_for_is_not_sent() -> None:
    bare = DoneForm({"result": "done"}, needs_proof=True)
    assert not bare.is_valid() and "Attach the proof" in bare.errors["proof"][0]
    assert DoneForm({"pasted": "log"}, needs_proof=True).is_valid() and DoneForm({"result": "lifted"}).is_valid()


def test_a_measurement_tells_what_its_sort_tells() -> None:
    call = MeasurementForm({"kind": "test_call", "value": "1", "arrived": "on", "place": "x"})
    assert call.is_valid() and call.details() == {"arrived": True, "received_caller": "", "route": ""}
    look = MeasurementForm({"kind": "site_probe", "value": "a.example", "status": "404"})
    assert look.is_valid() and look.details() == {"place": "", "status": 404, "location": ""}


def test_only_known_channels_can_be_chosen() -> None:
    assert not EndpointForm([all_channels()["signed_file"]], {"channel": "number_limit"}).is_valid()

"""The person's own door: code and proof open it, wrong ones look alike; an appeal is filed, followed and decided."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.command.notices.limits_made import PROOF, code_of, decide, hearer, limited
from tests.command.people import World
from tests.command.web.test_screenshots import SECRET, png

from fanzha.command.notices.models import LimitAppeal, LimitNotice
from fanzha.command.notices.services import MOST_WRONG_PROOFS, NETWORK_TRIES
from fanzha.command.processes.models import FalseDisposal
from fanzha.command.processes.services import fire
from fanzha.command.web.scoping import unscoped
from fanzha.store.evidence_files import find_file

pytestmark = pytest.mark.usefixtures("home", "in_english")
STATEMENT = "I deliver parcels and call every receiver."


@pytest.fixture
def notice(world: World) -> LimitNotice:
    return limited(world)


def post(path: str = "/appeal/", **fields: Any) -> Any:
    return Client(headers={"accept-language": "en"}).post(path, fields)


def opened(notice: LimitNotice, **fields: Any) -> Any:
    return post(code=code_of(notice), proof=PROOF, **fields)


def filed(notice: LimitNotice, **more: Any) -> str:
    answer = opened(notice, action="appeal", text=STATEMENT, **more)
    assert answer.status_code == 200, answer.content
    return str(answer.context["receipt"])


def follow(receipt: str, **more: Any) -> str:
    return str(post("/appeal/follow/", receipt=receipt, **more).content.decode())


def test_code_and_proof_show_fact_period_basis_and_remedy_and_prove_the_delivery(notice: LimitNotice) -> None:
    answer = opened(notice)
    shown = answer.content.decode()
    assert answer.status_code == 200 and not answer.cookies
    for part in (
        notice.fact.en,
        "Calls from your number are refused",
        "Legal basis",
        "Another unit",
        "Write an appeal",
    ):
        assert part in shown
    assert "burst" not in shown  # the reason of the order stays with investigators
    with unscoped("test"):
        found = LimitNotice.objects.select_related("notice").get()
    assert found.state == "delivered" and found.notice.delivered_by == "page: opened"


def test_a_wrong_code_and_a_wrong_proof_look_alike(notice: LimitNotice) -> None:
    wrong_proof, wrong_code = post(code=code_of(notice), proof="9999"), post(code="00000-00000", proof=PROOF)
    assert wrong_proof.status_code == wrong_code.status_code == 422
    assert wrong_proof.context["problem"] == wrong_code.context["problem"]
    with unscoped("test"):
        assert LimitNotice.objects.get().delivered_at is None


def test_a_network_that_tries_too_many_codes_waits(notice: LimitNotice) -> None:
    for _ in range(NETWORK_TRIES.most):
        post(code="00000-00000", proof="0000")
    assert opened(notice).status_code == 429
    elsewhere = Client(headers={"accept-language": "en"}, REMOTE_ADDR="198.51.100.9")
    assert elsewhere.post("/appeal/", {"code": code_of(notice), "proof": PROOF}).status_code == 200


def test_after_many_wrong_proofs_a_code_opens_nothing(notice: LimitNotice) -> None:
    with unscoped("test"):
        LimitNotice.objects.update(wrong_proofs=MOST_WRONG_PROOFS)
    assert opened(notice).status_code == 422


def test_an_appeal_is_filed_followed_upheld_and_counts_as_a_false_disposal(world: World, notice: LimitNotice) -> None:
    assert "Send the appeal" in opened(notice, action="write").content.decode()
    receipt = filed(notice)
    again = opened(notice, action="appeal", text=STATEMENT)
    assert again.status_code == 422 and "nothing to appeal" in again.content.decode()
    appeal = LimitAppeal.objects.get()
    assert appeal.instance.state == "heard" and receipt not in appeal.receipt
    shown = follow(receipt.lower())
    assert "Being heard" in shown and "an answer is due by" in shown
    decide(world, appeal.instance)
    assert "Your appeal was upheld" in follow(receipt)
    with unscoped("test"):
        assert FalseDisposal.objects.filter(instance=appeal.instance).count() == 1
        assert LimitNotice.objects.get().lifted_at is not None
    assert "has ended" in opened(notice).content.decode()


def test_a_rejected_appeal_names_the_next_remedy_and_goes_to_the_regulator(world: World, notice: LimitNotice) -> None:
    receipt = filed(notice)
    appeal = LimitAppeal.objects.get()
    decide(world, appeal.instance, "reject")
    shown = follow(receipt)
    assert "Rejected" in shown and "the regulator" in shown
    assert "The regulator hears your appeal now" in follow(receipt, action="higher", text="I am a courier")
    found = LimitAppeal.objects.select_related("instance").get()
    assert (found.instance.state, found.is_higher, found.outcome) == ("heard_higher", True, "")


def test_a_question_is_answered_and_an_appeal_is_withdrawn(world: World, notice: LimitNotice) -> None:
    receipt = filed(notice)
    appeal = LimitAppeal.objects.get()
    fire(appeal.instance.ref, "ask_person", hearer(world), {"question": "Which company do you deliver for?"})
    assert "Which company do you deliver for?" in follow(receipt)
    assert "Your answer was added" in follow(receipt, action="answer", text="A made-up one")
    assert post("/appeal/follow/", receipt=receipt, action="answer", text="again").status_code == 422
    assert "was withdrawn" in follow(receipt, action="withdraw")
    appeal.refresh_from_db()
    assert appeal.outcome == "withdrawn"


def test_pictures_are_stripped_and_other_files_refused(notice: LimitNotice) -> None:
    program = SimpleUploadedFile("a.exe", b"MZ", "image/png")
    refused = opened(notice, action="appeal", text=STATEMENT, papers=program)
    assert refused.status_code == 422 and "Only JPEG and PNG" in refused.content.decode()
    filed(notice, papers=SimpleUploadedFile("card.png", png(), "image/png"))
    with unscoped("test"):
        step = LimitAppeal.objects.get().instance.steps.get(event="appeal")
    (name,) = step.personal["papers"]
    path = find_file(name)
    assert path is not None and SECRET not in path.read_bytes()


def test_an_unknown_receipt_code_tells_nothing(notice: LimitNotice) -> None:
    assert post("/appeal/follow/", receipt="0000-0000-0000-0000").status_code == 422
    assert Client().get("/appeal/").status_code == 200

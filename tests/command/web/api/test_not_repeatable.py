"""What is told once is kept nowhere: routes that answer with a secret or a whole value take no idempotency key."""

import pytest
from tests.command.people import World
from tests.command.web.api.asking import asking, problem

from fanzha.command.web.api.models import KeptAnswer
from fanzha.command.web.api.not_repeatable import MARK, is_not_repeatable
from fanzha.command.web.api.routers import site_api

AT = "/api/v1/flows/secret"
#: Whole values, files with them, keys and links, and what waits for another's system: whoever adds one adds it here.
NOT_KEPT = {
    "/api/v1/captures/{ref}/evidence",
    "/api/v1/captures/{ref}/screenshots",
    "/api/v1/evidence/packs",
    "/api/v1/exports/exports/{ref}/file",
    "/api/v1/exports/unmask",
    "/api/v1/foreign_sharing/approvals/{ref}/keys",
    "/api/v1/notices/{ref}/print",
    "/api/v1/organizations/invitations",
    "/api/v1/organizations/keys",
    "/api/v1/organizations/organizations",
    "/api/v1/tracebacks/{ref}/numbers",
    "/api/v1/orders/endpoints/{channel}/try",
    "/api/v1/orders/{ref}/targets",
    "/api/v1/exports/unmask-evidence",
    "/api/v1/exports/unmask-file",
    "/api/v1/organizations/organizations/{ref}/administrator",
}


@pytest.mark.urls("tests.command.web.api.routes")
def test_an_idempotency_key_is_refused_and_nothing_is_kept(world: World) -> None:
    client = asking(world, "carrier")
    told = problem(client.post(AT, headers={"idempotency-key": "k"}), 400)
    assert told["detail"] == "Answers of this route are never stored. Leave out Idempotency-Key."
    assert not KeptAnswer.objects.exists()
    assert client.post(AT).json() == {"secret": "told this once"}


@pytest.mark.urls("tests.command.web.api.routes")
def test_the_reason_is_told_in_chinese(world: World) -> None:
    answer = asking(world, "carrier", language="zh-hans").post(AT, headers={"idempotency-key": "k"})
    assert problem(answer, 400)["detail"] == "该接口的响应不予保存，请勿发送Idempotency-Key。"


def test_the_file_tells_which_routes_these_are() -> None:
    paths = site_api().get_openapi_schema()["paths"].items()
    assert {path for path, ways in paths for told in ways.values() if MARK in told} == NOT_KEPT


def test_what_is_no_route_is_kept() -> None:
    assert not is_not_repeatable(lambda request: None)


def test_no_route_that_answers_with_a_secret_keeps_its_answer() -> None:
    document = site_api().get_openapi_schema()
    shapes = document["components"]["schemas"]
    secret = {name for name, shape in shapes.items() if {"secret", "pin"} & shape.get("properties", {}).keys()}
    assert secret, "no shape has a secret"
    kept = [
        f"{way} {path}"
        for path, ways in document["paths"].items()
        for way, told in ways.items()
        if way != "get" and MARK not in told
        for status, answer in told["responses"].items()
        if str(status).startswith("2") and any(f"/{name}'" in str(answer) for name in secret)
    ]
    assert kept == []

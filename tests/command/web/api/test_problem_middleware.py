"""Errors that no route had a hand in are problems below /api/, and pages elsewhere."""

from django.test import Client


def test_a_wrong_host_is_a_problem_below_the_api_and_a_page_elsewhere(db: None) -> None:
    answer = Client(headers={"host": "elsewhere.example"}).get("/api/v1/none")
    assert answer.status_code == 400 and answer["Content-Type"] == "application/problem+json"
    answer = Client(headers={"host": "elsewhere.example"}).get("/")
    assert answer.status_code == 400 and answer["Content-Type"].startswith("text/html")

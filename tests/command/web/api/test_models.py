"""Of a caller there is one kept answer a key."""

import pytest
from django.db import IntegrityError, transaction

from fanzha.command.web.api.models import KeptAnswer

pytestmark = pytest.mark.django_db


def test_a_caller_has_one_answer_a_key_and_another_caller_his_own() -> None:
    KeptAnswer.objects.create(caller="key:a", key="k", request_hash="1")
    with pytest.raises(IntegrityError), transaction.atomic():
        KeptAnswer.objects.create(caller="key:a", key="k", request_hash="2")
    assert str(KeptAnswer.objects.create(caller="key:b", key="k", request_hash="2")) == "key:b k"

"""A wrong subject is refused before anything is sent; publishing is tested in tests/field."""

import pytest

from fanzha.analyze.watch.nats_output import NatsOutput
from fanzha.base.errors import UsageError


def test_a_url_without_a_subject_is_refused() -> None:
    with pytest.raises(UsageError, match="no stream or subject"):
        NatsOutput("nats://127.0.0.1:4222")

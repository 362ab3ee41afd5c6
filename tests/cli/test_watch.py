"""`fanzha watch` refuses options that make no sense, and needs no text of its own beyond findings on stdout."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from fanzha.base.errors import UsageError
from fanzha.cli import fanzha


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("{folder}", "--finish"), "--finish needs an input that ends"),
        (("{folder}", "--lateness", "soon"), "not a span of time"),
        (("{folder}/absent",), "is not there"),
    ],
)
def test_wrong_options_are_usage_errors(tmp_path: Path, arguments: tuple[str, ...], why: str) -> None:
    given = [argument.format(folder=tmp_path) for argument in arguments]
    error = CliRunner().invoke(fanzha, ["watch", *given, "--state", str(tmp_path / "state")]).exception
    assert isinstance(error, UsageError) and why in str(error)

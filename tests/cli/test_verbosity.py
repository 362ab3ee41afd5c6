"""Every command takes --verbose and --quiet; the library logs by named loggers and sets no handler."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from fanzha.cli import fanzha
from fanzha.cli._verbosity import StderrHandler, configure_logging


@pytest.fixture(autouse=True)
def logger() -> Iterator[logging.Logger]:
    """Leave the logger of the package as it was."""
    logger = logging.getLogger("fanzha")
    before = logger.level, list(logger.handlers)
    yield logger
    logger.level, logger.handlers = before


def remove_root_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the handlers by which pytest collects records, as a terminal has none."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])


def leaves(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command below a group with its words."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below is not None
        yield from leaves(below, f"{path} {name}")


def test_every_command_has_both_options() -> None:
    lacking = [
        path
        for path, command in leaves(fanzha, "fanzha")
        if not {"--verbose", "--quiet"} <= {option for parameter in command.params for option in parameter.opts}
    ]
    assert lacking == []


def analyze(folder: Path, *options: str) -> tuple[str, str]:
    """Run a small analysis; return stdout and stderr."""
    (folder / "hosts.txt").write_text("a.example\nb.example\n", "utf-8")
    out = folder / options[0].strip("-")
    words = ["analyze", str(folder / "hosts.txt"), "--out", str(out), "--detector", "lookalike-website"]
    result = CliRunner().invoke(fanzha, [*words, *options])
    assert result.exception is None, result.output
    return result.stdout, result.stderr


def test_verbose_logs_each_source_to_stderr_and_quiet_shows_results_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove_root_handlers(monkeypatch)
    stdout, stderr = analyze(tmp_path, "--verbose")
    assert "INFO fanzha.analyze.ingestion" in stderr and "hosts.txt: read as plain-list, 2 rows" in stderr
    assert "fanzha.analyze" not in stdout
    quiet_stdout, quiet_stderr = analyze(tmp_path, "--quiet")
    assert "报告 report" in quiet_stdout
    assert quiet_stderr == ""


def test_both_together_are_a_usage_error() -> None:
    result = CliRunner().invoke(fanzha, ["kinds", "--quiet", "--verbose"])
    assert (result.exit_code, "exclude each other" in result.output) == (2, True)


def test_the_handler_is_set_once_and_leaves_records_to_the_handlers_of_the_process(
    logger: logging.Logger, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    remove_root_handlers(monkeypatch)
    configure_logging(logging.INFO)
    configure_logging(logging.WARNING)
    assert len([handler for handler in logger.handlers if isinstance(handler, StderrHandler)]) == 1
    logging.getLogger("fanzha.analyze").warning("shown")
    logging.getLogger("fanzha.analyze").info("not shown")
    logging.getLogger().addHandler(logging.NullHandler())
    logging.getLogger("fanzha.analyze").warning("left to the root")
    assert capsys.readouterr().err.strip().endswith("WARNING fanzha.analyze: shown")


def test_the_library_sets_no_handler() -> None:
    code = "import logging, fanzha.api; print(logging.getLogger().handlers, logging.getLogger('fanzha').handlers)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[] []\n"

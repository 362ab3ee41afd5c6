"""The command line: one file a command, each defines `COMMAND`; a command is imported only when it is called."""

import importlib
import pkgutil
import sys
from typing import NoReturn

import click

from fanzha import __version__
from fanzha.base.errors import FanzhaError
from fanzha.cli._verbosity import LEVELS, add_verbosity, configure_logging


class Commands(click.Group):
    """A group whose commands are the modules of this folder."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands without importing them."""
        names = [m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_")]
        return sorted(name.replace("_", "-") for name in names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command; None if it does not exist."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = importlib.import_module(f"fanzha.cli.{cmd_name.replace('-', '_')}").COMMAND
        assert isinstance(command, click.Command)
        add_verbosity(command)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="fanzha")
def fanzha() -> None:
    """Fanzha 反诈: find telecom and online fraud, with reasons that a person can check.

    从短信、网站、话单和用户画像中发现电信网络诈骗，并给出可核查的理由。

    Every command takes --verbose and --quiet. Results go to stdout, progress and the log to stderr.

    Exit codes: 0 done, 1 disk or database unusable, 2 usage error, 3 nothing usable, 4 rejects under --strict.
    """


def main() -> None:
    """Run a command; print an error that the operator can fix as one message and exit with its code."""
    configure_logging(LEVELS[0])
    try:
        fanzha()
    except FanzhaError as error:
        _exit(error)
    except Exception as error:
        from fanzha.base.storage_faults import find_storage_fault

        fault = find_storage_fault(error)
        if fault is None:
            raise
        _exit(fault)


def _exit(error: FanzhaError) -> NoReturn:
    click.echo(f"fanzha: {error}", err=True)
    sys.exit(error.exit_code)

"""`--verbose` and `--quiet` of every command: how much of the log and of the progress goes to stderr."""

import logging

import click

LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)  # by the number of --verbose


class StderrHandler(logging.Handler):
    """Writes the records of `fanzha.*` to stderr, unless the process has a handler of its own for all records."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record as one line."""
        if not logging.getLogger().handlers:
            click.echo(self.format(record), err=True)


def configure_logging(level: int) -> None:
    """Show the records of `fanzha.*` from this level on. The library itself sets no handler."""
    logger = logging.getLogger("fanzha")
    logger.setLevel(level)
    if not any(isinstance(handler, StderrHandler) for handler in logger.handlers):
        handler = StderrHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logger.addHandler(handler)


def add_verbosity(command: click.Command) -> None:
    """Give a command, or every command of a group, the options --verbose and --quiet, once."""
    if isinstance(command, click.Group):
        for subcommand in command.commands.values():
            add_verbosity(subcommand)
    elif not any(parameter.name == "verbose" for parameter in command.params):
        command.params += [
            click.Option(
                ["-v", "--verbose"],
                count=True,
                expose_value=False,
                callback=_apply,
                help="Log each step to stderr; twice: details too.",
            ),
            click.Option(
                ["-q", "--quiet"],
                is_flag=True,
                expose_value=False,
                callback=_apply,
                help="Show no progress and no warnings, only errors and results.",
            ),
        ]


def _apply(context: click.Context, parameter: click.Parameter, value: int) -> None:
    if not value:
        return
    if context.meta.setdefault(__name__, parameter.name) != parameter.name:
        raise click.UsageError("--verbose and --quiet exclude each other", context)
    configure_logging(logging.ERROR if parameter.name == "quiet" else LEVELS[min(value, len(LEVELS) - 1)])

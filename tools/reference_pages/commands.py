"""Every command of the command line with its options."""

import inspect
from pathlib import Path

import click

from fanzha.base.words import Words
from fanzha.cli import fanzha
from reference_pages.markdown import page, table

OF_EVERY_COMMAND = ("verbose", "quiet")  # named once, in the introduction


def commands() -> str:
    """Every command with its arguments and options."""
    context = click.Context(fanzha, info_name="fanzha")
    found = [(name, fanzha.get_command(context, name)) for name in fanzha.list_commands(context)]
    return page(
        Words("命令", "Commands"),
        Words(
            "命令行上能做的一切；`fanzha 命令 --help` 给出同样的说明。各命令均有 "
            "`--verbose`（将各步骤记录到 stderr，写两次则更详细）与 `--quiet`（不显示进度与警告）。",
            "All that the command line can do. Every command also takes `--verbose` (logs each step to stderr;"
            " twice: details too) and `--quiet` (shows no progress and no warnings, only errors and results).",
        ),
        (command_part(name, command, context) for name, command in found if command),
    )


def command_part(name: str, command: click.Command, parent: click.Context) -> str:
    """One command: usage, what it does, its options."""
    context = click.Context(command, info_name=name, parent=parent)
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    options = [o for o in command.params if isinstance(o, click.Option) and o.name not in OF_EVERY_COMMAND]
    rows = [(f"`{', '.join([*o.opts, *o.secondary_opts])}`", o.help or "", default_of(o)) for o in options]
    help_text = inspect.cleandoc(command.help or "").replace("\b\n", "")
    parts = [f"## {context.command_path}", f"```\n{usage}\n```", help_text]
    parts += [table(["option", "what it does", "default"], rows)] if rows else []
    inner = command.commands if isinstance(command, click.Group) else {}
    return "\n\n".join(parts + [command_part(each, one, context) for each, one in inner.items()])


def default_of(option: click.Option) -> str:
    """Return an option's default as text, "" when there is none worth showing."""
    value = option.default
    return f"`{value}`" if isinstance(value, str | int | float | Path) and value != "" and value is not False else ""

"""Several values after one option (`--train a b c`), as shells expand them."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import click


class TakesSeveral(click.Command):
    """A command whose options named in `several` take all words up to the next option, and may be repeated."""

    several: ClassVar[frozenset[str]] = frozenset({"--train", "--test", "--innocent", "--train-innocent"})

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat the option before each of its values."""
        return super().parse_args(ctx, list(repeated(args, self.several)))


def repeated(args: Sequence[str], several: frozenset[str]) -> Iterator[str]:
    """Yield `--train a b` as `--train a --train b`."""
    option = ""
    fresh = False
    for word in args:
        if word.startswith("-"):
            option, fresh = (word if word in several else ""), True
        elif option and not fresh:
            yield option
        else:
            fresh = False
        yield word

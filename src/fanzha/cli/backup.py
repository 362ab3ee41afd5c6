"""`fanzha backup`: write a backup while the site runs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fanzha.base.errors import UsageError

if TYPE_CHECKING:
    from fanzha.run.backup_keys import ArchiveKey


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--passphrase",
    "phrase_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Encrypt with the pass phrase that this file (mode 600) holds.",
)
@click.option(
    "--recipient",
    metavar="KEY",
    default="",
    help="Encrypt for a public key of `fanzha backup-key new`: this machine cannot read the backup.",
)
@click.option("--plain", is_flag=True, help="Do not encrypt, and leave out the keys: for restores on this machine.")
def COMMAND(file: Path, phrase_file: Path | None, recipient: str, plain: bool) -> None:
    """Write database, state folder and keys to FILE. 备份数据库、状态目录与密钥。

    SQLite and PostgreSQL are copied as of one moment, without blocking writers. All of the file is encrypted and
    authenticated; it has mode 600. Give one of --passphrase, --recipient and --plain.
    """
    from rich.console import Console

    from fanzha.analyze.terminal import Progress
    from fanzha.run.archive import file_hash
    from fanzha.run.backup import backup, check_installation
    from fanzha.store.state_folder import state_folder

    folder = state_folder()
    check_installation(file, folder)
    key = _archive_key(folder, phrase_file, recipient, plain)
    with Progress(Console(stderr=True), quiet=not sys.stderr.isatty()) as progress:
        manifest = backup(file, folder, key, progress)
    click.echo(f"{file}: {len(manifest.members)} 个文件 files, {file.stat().st_size:,} B, {manifest.database}")
    click.echo(f"sha256 {file_hash(file)}")
    if plain:
        click.echo(
            "明文备份：含个人信息，不含密钥；没有密钥，加密的个人信息无法恢复 · plain: it holds personal data and no"
            " keys; without the keys, encrypted values of persons are lost\n  fanzha backup FILE --passphrase FILE",
            err=True,
        )


def _archive_key(folder: Path, phrase_file: Path | None, recipient: str, plain: bool) -> "ArchiveKey":
    """Return the key of a new archive. Raise UsageError unless one way was given."""
    from fanzha.run.backup_keys import passphrase_key, plain_key, read_passphrase, recipient_key

    if (phrase_file is not None) + bool(recipient) + plain != 1:
        raise UsageError(
            "备份含个人信息和密钥，须加密：请在三种方式中选一种 a backup holds personal data and keys, so it is"
            " encrypted: give one of three options",
            fix="--passphrase FILE  口令文件 the file with a pass phrase\n"
            "  --recipient KEY    接收方公钥 a public key (`fanzha backup-key new FILE`)\n"
            "  --plain            不加密、不含密钥 neither encrypted nor with keys, for this machine alone",
        )
    if plain:
        return plain_key(folder)
    return recipient_key(recipient, folder) if phrase_file is None else passphrase_key(read_passphrase(phrase_file))

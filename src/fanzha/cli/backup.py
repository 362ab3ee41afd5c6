"""`fanzha backup`: write a backup while the site runs."""

from pathlib import Path

import click


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--passphrase",
    "phrase_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Seal the keys under the pass phrase that this file (mode 600) holds.",
)
def COMMAND(file: Path, phrase_file: Path | None) -> None:
    """Write database, state folder and keys to FILE. 备份数据库、状态目录与密钥。

    SQLite and PostgreSQL are copied as of one moment, without blocking writers. The file holds personal data and has
    mode 600.
    """
    from fanzha.run.archive import file_hash
    from fanzha.run.backup import backup
    from fanzha.run.key_encryption import read_passphrase
    from fanzha.store.state_folder import state_folder

    manifest = backup(file, state_folder(), read_passphrase(phrase_file) if phrase_file else "")
    click.echo(f"{file}: {len(manifest.members)} 个文件 files, {file.stat().st_size:,} B, {manifest.database}")
    click.echo(f"sha256 {file_hash(file)}")
    if manifest.keys == "plain":
        click.echo(
            "密钥未加密：持有此文件者即可签名与解密 · the keys in it are not sealed: whoever has the file can sign and"
            " decrypt\n  fanzha backup FILE --passphrase FILE",
            err=True,
        )

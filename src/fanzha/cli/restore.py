"""`fanzha restore`: restore a backup."""

from pathlib import Path

import click


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--passphrase",
    "phrase_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file (mode 600) with the pass phrase that the keys were sealed under.",
)
@click.option("--force", is_flag=True, help="Replace what is there: the state folder is set aside, tables are dropped.")
def COMMAND(file: Path, phrase_file: Path | None, force: bool) -> None:
    """Restore a backup into FANZHA_HOME and its database. 恢复备份。

    Nothing is changed before every file was verified against the manifest.
    """
    from fanzha.run.key_encryption import read_passphrase
    from fanzha.run.restore import restore
    from fanzha.store.state_folder import state_folder

    folder = state_folder()
    manifest = restore(file, folder, read_passphrase(phrase_file) if phrase_file else "", force=force)
    click.echo(
        f"{folder}: {len(manifest.members)} 个文件已恢复 files restored, {manifest.database}, {manifest.made_at}"
    )

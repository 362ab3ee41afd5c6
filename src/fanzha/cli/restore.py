"""`fanzha restore`: restore a backup."""

import sys
from pathlib import Path

import click

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--passphrase", "phrase_file", type=_FILE, help="The file (mode 600) with the pass phrase.")
@click.option("--identity", "identity_file", type=_FILE, help="The file (mode 600) with the recipient's private key.")
@click.option("--sender", metavar="KEY", default="", help="With --identity: the key of the site that wrote the backup.")
@click.option(
    "--keys-from",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="The state folder that wrote a plain backup (default: FANZHA_HOME).",
)
@click.option(
    "--accept-unauthenticated",
    is_flag=True,
    help="Restore a plain or old backup that nothing proves to be authentic.",
)
@click.option("--force", is_flag=True, help="Replace what is there: the state folder is set aside, tables are dropped.")
def COMMAND(
    file: Path,
    phrase_file: Path | None,
    identity_file: Path | None,
    sender: str,
    keys_from: Path | None,
    accept_unauthenticated: bool,
    force: bool,
) -> None:
    """Restore a backup into FANZHA_HOME and its database. 恢复备份。

    The whole file is authenticated before anything is written.
    """
    from rich.console import Console

    from fanzha.analyze.terminal import Progress
    from fanzha.run.backup_keys import Credentials, read_passphrase, read_private_text
    from fanzha.run.restore import restore
    from fanzha.store.state_folder import state_folder

    folder = state_folder()
    credentials = Credentials(
        read_passphrase(phrase_file) if phrase_file else "",
        read_private_text(identity_file) if identity_file else "",
        sender,
        keys_from,
        accept_unauthenticated,
    )
    with Progress(Console(stderr=True), quiet=not sys.stderr.isatty()) as progress:
        manifest, authenticated = restore(file, folder, credentials, force=force, progress=progress)
    if not authenticated:
        click.echo(
            "警告：此备份未经认证，可能被改动过。请核对管理员、接口密钥与名单，运行 fanzha audit verify，"
            "并立即另做一份加密备份 · warning: nothing proves that this backup is authentic; it may have been changed."
            " Check administrators, API keys and lists, run `fanzha audit verify`, and make an encrypted backup now",
            err=True,
        )
    click.echo(
        f"{folder}: {len(manifest.members)} 个文件已恢复 files restored, {manifest.database}, {manifest.made_at}"
    )

"""`fanzha backup-key`: keys with which one machine writes backups that only another one can read."""

import os
from pathlib import Path

import click

from fanzha.base.errors import UsageError


@click.group("backup-key")
def COMMAND() -> None:
    """Make and show the keys of `fanzha backup --recipient`. 备份接收方的密钥。

    docs/how-to/back-up.md says how they are used.
    """


@click.command("new")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def new(file: Path) -> None:
    """Write a new private key to FILE and print its public key. 生成接收方密钥。

    Run it where backups are restored, not where they are written.
    """
    from fanzha.run.backup_keys import new_identity

    private, public = new_identity()
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UsageError(
            f"{file} 无法写入 cannot be written ({error.strerror})", fix="请换一个文件名 name another file"
        ) from None
    with os.fdopen(handle, "w", encoding="utf-8") as output:
        output.write(private + "\n")
        output.flush()
        os.fsync(output.fileno())
    click.echo(public)


@click.command("sender")
def sender() -> None:
    """Print the public key of this installation, to be noted where backups are restored. 显示本安装的来源公钥。"""
    from fanzha.run.backup_keys import sender_public_key
    from fanzha.store.state_folder import state_folder

    click.echo(sender_public_key(state_folder()))


COMMAND.add_command(new)
COMMAND.add_command(sender)

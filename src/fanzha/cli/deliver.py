"""`fanzha deliver`: send the warnings of the outbox."""

import click


@click.command("deliver")
@click.option("--app-key", is_flag=True, help="Print the public key that the system of an app checks signatures with.")
def COMMAND(app_key: bool) -> None:
    """Send warnings by SMPP, SIP calls, e-mail and apps until SIGTERM or Ctrl-C. 发送劝阻短信、语音、邮件与推送。

    The tables [deliver.smpp], [deliver.voice], [deliver.email] and [deliver.app] of fanzha.toml name the peers.
    `fanzha up` runs this command if there is any of them.
    """
    from fanzha.deliver.app_sender import app_public_key
    from fanzha.deliver.service import run

    if app_key:
        click.echo(app_public_key())
        return
    run()

"""`fanzha completion`: print the script by which a shell completes commands and options."""

import click

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def COMMAND(context: click.Context, shell: str) -> None:
    """Print a script that completes commands and options in a shell. 输出命令行补全脚本。

    bash: eval "$(fanzha completion bash)" in ~/.bashrc. zsh: the same with zsh in ~/.zshrc, after compinit.
    fish: fanzha completion fish > ~/.config/fish/completions/fanzha.fish
    """
    from click.shell_completion import get_completion_class

    completion = get_completion_class(shell)
    assert completion is not None
    # Not `source()`, which runs bash only to warn of versions before 4.4.
    script = completion(context.find_root().command, {}, "fanzha", "_FANZHA_COMPLETE")
    click.echo(script.source_template % script.source_vars())

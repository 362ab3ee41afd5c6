"""`fanzha extension`: pack the browser extension that warns of listed links."""

from pathlib import Path

import click

from fanzha.base.errors import UsageError


@click.command("extension")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--site", default="", metavar="URL", help="The list that it uses: https://SITE/link-list.")
def COMMAND(file: Path, site: str) -> None:
    """Pack the browser extension that warns of listed links into FILE, a ZIP archive. 打包浏览器预警扩展。

    Without --site users or a policy name the list. docs/how-to/warn-in-browsers.md says how it is rolled out.

    \b
    The extension for our own customers  面向本单位用户的扩展
      fanzha extension --site https://fanzha.example/link-list warn.zip
    """
    from fanzha.command.link_list.extension_pack import pack_extension

    if site and not site.startswith(("https://", "http://")):
        raise UsageError(f"--site: {site!r}", fix="write https://SITE/link-list 请写作 https://站点/link-list")
    packed = pack_extension(site.rstrip("/"))
    try:
        file.write_bytes(packed)
    except OSError as error:
        raise UsageError(
            f"{file} 无法写入 cannot be written ({error.strerror})", fix="请换一个文件名 name another file"
        ) from None
    click.echo(f"{file}  {len(packed):,} bytes")

"""Decode pictures of pages in the sandboxed browser: an own empty page draws them small and returns luminances."""

import base64
from collections.abc import Sequence

from fanzha.collect.pages.browser_pipe import BrowserError, BrowserPipe
from fanzha.collect.pages.picture_hash import SIDE, hash_luminance

Box = tuple[int, int, int, int]

_SECONDS = 8.0
#: Larger pictures are not decoded.
MOST_BYTES = 6_000_000
_SCRIPT = """
(async (source, boxes) => {
  const image = new Image(); image.src = source; await image.decode();
  const canvas = document.createElement("canvas"); canvas.width = canvas.height = SIDE;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return boxes.map(([x, y, width, height]) => {
    context.fillStyle = "#fff"; context.fillRect(0, 0, SIDE, SIDE);
    context.drawImage(image, x, y, width || image.width, height || image.height, 0, 0, SIDE, SIDE);
    const data = context.getImageData(0, 0, SIDE, SIDE).data, found = [];
    for (let i = 0; i < data.length; i += 4) {
      found.push(Math.round(data[i] * .299 + data[i + 1] * .587 + data[i + 2] * .114));
    }
    return found;
  });
})
""".replace("SIDE", str(SIDE))
_WHOLE: Box = (0, 0, 0, 0)


class PictureReader:
    """Hashes pictures in one browser, on a page of its own that no visited page can reach."""

    def __init__(self, pipe: BrowserPipe) -> None:
        self._pipe = pipe
        self._session = ""

    async def hash_picture(self, data: bytes) -> str:
        """Return the perceptual hash of a picture in any format that the browser reads, "" if it is none."""
        return (await self.hash_boxes(data, [_WHOLE]) or [""])[0]

    async def hash_boxes(self, data: bytes, boxes: Sequence[Box]) -> list[str]:
        """Return the hashes of boxes (x, y, width, height) of a picture, [] if it is none."""
        if not data or len(data) > MOST_BYTES or not boxes:
            return []
        source = f"data:{_media_type(data)};base64,{base64.b64encode(data).decode()}"
        listed = ",".join(f"[{x},{y},{width},{height}]" for x, y, width, height in boxes)
        expression = f"{_SCRIPT}('{source}', [{listed}])"
        try:
            result = await self._pipe.call(
                "Runtime.evaluate",
                await self._open_page(),
                _SECONDS,
                expression=expression,
                awaitPromise=True,
                returnByValue=True,
            )
            value = result.get("result", {}).get("value")
            return [hash_luminance(found) for found in value] if isinstance(value, list) else []
        except (BrowserError, TimeoutError, KeyError, TypeError, ValueError):
            self._session = ""  # the page may be stuck
            return []

    async def _open_page(self) -> str:
        """Return the session of the page, which the first call opens."""
        if not self._session:
            context = await self._pipe.call("Target.createBrowserContext")
            page = await self._pipe.call(
                "Target.createTarget", url="about:blank", browserContextId=context["browserContextId"]
            )
            attached = await self._pipe.call("Target.attachToTarget", targetId=page["targetId"], flatten=True)
            self._session = str(attached["sessionId"])
        return self._session


def _media_type(data: bytes) -> str:
    """Return the type that makes the browser decode bytes as a picture: it finds out the format of all but SVG."""
    return "image/svg+xml" if b"<svg" in data[:1_000].lower() else "image/png"

"""Read the text of a picture; runs in a child process with limits, since pictures of strangers are decoded here.

The module is loaded by its file alone: it imports nothing of the site.
"""

import json
from collections.abc import Iterator

from fanzha.base.child_worker import ChildRefusal

#: A picture with more pixels is refused before it is decoded.
MAX_PIXELS = 30_000_000
#: Longer sides are made smaller; the text of a chat stays readable.
LONGEST_SIDE = 4_000
LOWEST_CONFIDENCE = 0.5


def read_picture(path: str) -> Iterator[bytes]:
    """Yield a JSON list of the lines of text in a picture, from top to bottom. Raise ChildRefusal."""
    import numpy as np
    from PIL import Image, UnidentifiedImageError
    from rapidocr import RapidOCR

    Image.MAX_IMAGE_PIXELS = None  # the sides are compared below, before anything is decoded
    try:
        with Image.open(path, formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise ChildRefusal("too_large")
            picture.load()
            whole = picture.convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise ChildRefusal("damaged") from None
    whole.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    threads = {"EngineConfig.onnxruntime.intra_op_num_threads": 1, "EngineConfig.onnxruntime.inter_op_num_threads": 1}
    found = RapidOCR(params={"Global.log_level": "critical", **threads})(np.asarray(whole)[:, :, ::-1])
    lines = zip(found.txts or (), found.scores or (), strict=True)
    yield json.dumps([text for text, score in lines if score >= LOWEST_CONFIDENCE]).encode()

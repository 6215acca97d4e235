"""llm/v1/embeddings: vectors that really mirror likeness, made from words and character trigrams.

Each feature of a text falls on one dimension with a sign, both chosen by a hash; the sum is normalised to length 1,
so the dot product of two vectors is their cosine: near 1 for the same wording, near 0 for unrelated texts.
"""

from __future__ import annotations

import base64
import math
import re
import struct
import zlib
from collections.abc import Iterator

from web.emulator.models.base import Context, InputError, Model, Payload
from web.emulator.models.brain import STOP_WORDS
from web.emulator.models.speech import count

DIMENSIONS = 1024
_MOST_TEXTS = 2048


class EmbeddingsModel(Model):
    """Embeds texts; `dimensions` may be lowered per request, `encoding_format` base64 gives packed float32."""

    task = "llm/v1/embeddings"

    async def answer(self, payload: Payload, ctx: Context) -> Payload:
        """A `list` of `embedding` objects in the order of the input."""
        texts = _texts(payload)
        size = payload.get("dimensions") or DIMENSIONS
        if not isinstance(size, int) or not 1 <= size <= DIMENSIONS:
            raise InputError(
                f"Invalid request: 'dimensions' must be between 1 and {DIMENSIONS}.", "INVALID_PARAMETER_VALUE"
            )
        packed = payload.get("encoding_format") == "base64"
        vectors = [embed(text, size) for text in texts]
        data = [
            {"object": "embedding", "index": place, "embedding": _pack(vector) if packed else vector}
            for place, vector in enumerate(vectors)
        ]
        tokens = sum(count(text) for text in texts)
        spent = {"prompt_tokens": tokens, "total_tokens": tokens}
        return {"object": "list", "id": ctx.request_id, "model": "hashed-ngrams", "data": data, "usage": spent}


def _texts(payload: Payload) -> list[str]:
    said = payload.get("input")
    texts = [said] if isinstance(said, str) else said
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) and text for text in texts):
        raise InputError(
            "Invalid request: 'input' must be a non-empty string or a list of such.", "INVALID_PARAMETER_VALUE"
        )
    if len(texts) > _MOST_TEXTS:
        raise InputError(f"Invalid request: at most {_MOST_TEXTS} inputs.", "INVALID_PARAMETER_VALUE")
    return texts


def _pack(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def embed(text: str, size: int = DIMENSIONS) -> list[float]:
    """The unit vector of a text."""
    vector = [0.0] * size
    for feature, weight in _features(text.lower()):
        mark = zlib.crc32(feature.encode())
        vector[(mark >> 1) % size] += weight if mark & 1 else -weight
    length = math.sqrt(sum(value * value for value in vector)) or 1.0
    return [round(value / length, 7) for value in vector]


def _features(text: str) -> Iterator[tuple[str, float]]:
    yield "any", 0.05
    for word in re.findall(r"\w+", text):
        if word in STOP_WORDS:
            yield f"w:{word}", 0.15
            continue
        yield f"w:{word}", 1.0
        padded = f"^{word}$"
        for start in range(len(padded) - 2):
            yield f"g:{padded[start : start + 3]}", 0.5

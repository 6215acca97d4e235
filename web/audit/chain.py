"""The keyed hash chain: HMAC-SHA256 over RFC 8785 canonical JSON of each entry and the mac before it."""

import hmac
import math
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import msgspec
import rfc8785

from web.errors import Invalid

GENESIS = "0" * 64
SAFE_INTEGER = 2**53 - 1
KEY_FILE = "audit.key"
ENCODER = msgspec.json.Encoder(order="sorted")


def mac(key: bytes, prev_mac: str, op_id: str, stage: str, at: int, actor: str, payload: dict[str, Any]) -> str:
    """The mac of one link, hex."""
    link = {"prev": prev_mac, "op_id": op_id, "stage": stage, "at": at, "actor": actor, "payload": payload}
    signing = _keyed(key).copy()
    signing.update(canonical(link))
    return signing.hexdigest()


@lru_cache(maxsize=4)
def _keyed(key: bytes) -> hmac.HMAC:
    return hmac.new(key, digestmod="sha256")


def canonical(value: Any) -> bytes:
    """RFC 8785. The quick encoder writes the same, many times as fast, of what is plain and all ASCII."""
    if _plain(value) and (said := ENCODER.encode(value)).isascii():
        return said
    return rfc8785.dumps(cast(Any, value))


def alike(one: Any, other: Any) -> bool:
    """Whether both are the same JSON. For Python true is 1, and 1 is 1.0."""
    return bool(one == other) and ENCODER.encode(one) == ENCODER.encode(other)


def _plain(value: Any) -> bool:
    """Whether nothing in it is a float or a huge integer, which RFC 8785 writes in its own way or not at all."""
    kind = type(value)
    if kind is dict:
        return all(map(_plain, value.values()))
    if kind is list:
        return all(map(_plain, value))
    return kind is str or kind is bool or value is None or (kind is int and -SAFE_INTEGER <= value <= SAFE_INTEGER)


def load_key(configured: str, data_dir: Path, *, make: bool = True) -> bytes:
    """The key of the chain: the configured one, else a file made once, readable by its owner only.

    With `make` off it has to be there: nothing is proven with a key made just now. Raises Invalid.
    """
    if configured:
        return configured.encode()
    path = data_dir / KEY_FILE
    if not make and not path.exists():
        raise Invalid(
            f"There is no key to check the history with: {path} is not there and PORTAL_AUDIT_KEY is not set.",
            hint="Set one of them to the key the history was written with.",
            field="key",
        )
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text().strip().encode()


def storable(value: Any) -> Any:
    """The value as RFC 8785 can write it: integers beyond 2^53 and NaN become text."""
    if isinstance(value, dict):
        return {str(k): storable(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [storable(v) for v in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value if abs(value) <= SAFE_INTEGER else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return str(value).encode("utf-8", "replace").decode("utf-8")

"""The keyed hash chain: HMAC-SHA256 over RFC 8785 canonical JSON of each entry and the mac before it."""

import hmac
import json
import math
import re
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import rfc8785

from web.errors import Invalid

GENESIS = "0" * 64
SAFE_INTEGER = 2**53 - 1
ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False)
# Floats and huge integers, which RFC 8785 writes in its own way.
ODD = re.compile(r"(?:^|[:,\[])-?(?:\d+[.eE]|\d{16}|NaN|Infinity)")


def mac(
    key: bytes,
    prev_mac: str,
    op_id: str,
    stage: str,
    at: int,
    actor: str,
    payload: dict[str, Any],
    *,
    plain: bool = False,
) -> str:
    """The mac of one link, hex. `plain`: whoever read the link saw no number in it that ODD would find."""
    link = {"prev": prev_mac, "op_id": op_id, "stage": stage, "at": at, "actor": actor, "payload": payload}
    made = _keyed(key).copy()
    made.update(canonical(link, plain=plain))
    return made.hexdigest()


@lru_cache(maxsize=16)
def _keyed(key: bytes) -> hmac.HMAC:
    return hmac.new(key, None, "sha256")


def canonical(value: Any, *, plain: bool = False) -> bytes:
    """RFC 8785. The standard encoder writes the same, many times as fast, but for what ODD may find."""
    said = ENCODER.encode(value)
    if not said.isascii() or (not plain and ODD.search(said)):
        return rfc8785.dumps(cast(Any, value))
    return said.encode()


def load_key(configured: str, data_dir: Path, *, make: bool = True) -> bytes:
    """The key of the chain: the configured one, else a file made once, readable by its owner only.

    With `make` off it has to be there: nothing is proven with a key made just now. Raises Invalid.
    """
    if configured:
        return configured.encode()
    path = data_dir / "audit.key"
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

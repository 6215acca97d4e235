"""Third-party browser code: pinned in `package.json`, built into `static/vendor`, never committed.

`ensure()` brings `static/vendor` up to date and is cheap when it already is.
"""

from web.assets.build import AXE, VENDOR, ensure, is_current

__all__ = ["AXE", "VENDOR", "ensure", "is_current"]

"""`python -m web.assets` builds what is missing; `--check` only says whether `static/vendor` is current (1 if not)."""

import argparse
import sys

from web.assets.build import VENDOR, AssetsError, ensure, is_current


def main() -> int:
    """Exit code 0 when the assets are current at the end, 1 when they are not."""
    parser = argparse.ArgumentParser(prog="python -m web.assets", description=__doc__)
    parser.add_argument("--check", action="store_true", help="build nothing, only report")
    if parser.parse_args().check:
        current = is_current()
        print(
            "browser assets are current"
            if current
            else "browser assets are missing or out of date: python -m web.assets"
        )
        return 0 if current else 1
    try:
        built = ensure()
    except AssetsError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"browser assets {'built into ' + VENDOR.name if built else 'are current'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

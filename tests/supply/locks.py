"""Whether the locks say what pyproject.toml and package.json ask for. Works without a network."""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PIN = re.compile(r"^([a-z0-9.-]+)(?:\[[a-z,]+\])?==(\S+)(?: ; ([^\\\n]+?))? \\\n((?:    --hash=\S+(?: \\)?\n?)+)", re.M)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})(?=\s|$)")


@dataclass(frozen=True)
class Pin:
    """One locked package: `hashes` are SHA-256 of its files, `marker` says where it is needed ('' is everywhere)."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]


def pins(text: str) -> dict[str, Pin]:
    """The packages of a requirements file by their names."""
    found = (Pin(name, version, marker, tuple(HASH.findall(rest))) for name, version, marker, rest in PIN.findall(text))
    return {str(canonicalize_name(pin.name)): pin for pin in found}


def drift(folder: Path) -> list[str]:
    """What does not agree, in words; nothing when all does."""
    project = tomllib.loads((folder / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    asked = {"requirements.txt": project["project"]["dependencies"]}
    asked["requirements-dev.txt"] = [*asked["requirements.txt"], *groups["dev"]]
    asked |= {f"requirements-{name}.txt": groups[name] for name in ("demo", "assets", "peers")}
    locked = {name: pins((folder / name).read_text()) for name in asked}
    found = [line for name, wanted in asked.items() for line in _file(name, wanted, locked[name])]
    for name in ("requirements.txt", "requirements-dev.txt"):
        found += [
            f"{name}: nothing asks for {extra}"
            for extra in sorted(locked[name].keys() - needed(asked[name], locked[name]))
        ]
    runtime, dev = locked["requirements.txt"], locked["requirements-dev.txt"]
    found += [
        f"{name} differs between requirements.txt and -dev.txt" for name, p in runtime.items() if dev.get(name) != p
    ]
    return [*found, *_npm(folder / "web" / "assets")]


def needed(wanted: list[str], locked: dict[str, Pin]) -> set[str]:
    """Names that the wanted packages bring with them, as far as the installed ones tell."""
    open_, seen = [Requirement(text) for text in wanted], set[tuple[str, str]]()
    while open_:
        one = open_.pop()
        name = str(canonicalize_name(one.name))
        for extra in {"", *one.extras}:
            if (name, extra) not in seen and name in locked:
                seen.add((name, extra))
                open_ += _brings(name, extra)
    return {name for name, _ in seen}


def _brings(name: str, extra: str) -> Iterator[Requirement]:
    try:
        lines = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return  # for another system
    for one in map(Requirement, lines):
        # Locks are for every system: only an extra that nobody asked for leaves a requirement out.
        asks = re.findall(r"extra == [\"']([^\"']+)[\"']", str(one.marker or ""))
        if not asks or (extra and extra in asks):
            yield one


def _file(name: str, wanted: list[str], locked: dict[str, Pin]) -> Iterator[str]:
    for one in map(Requirement, wanted):
        pin = locked.get(str(canonicalize_name(one.name)))
        if pin is None:
            yield f"{name}: {one.name} is asked for and not locked"
        elif not one.specifier.contains(pin.version, prereleases=True):
            yield f"{name}: {one.name} {pin.version} is locked, {one.specifier} is asked for"
    yield from (f"{name}: {pin.name} has no hash" for pin in locked.values() if not pin.hashes)


def _npm(folder: Path) -> Iterator[str]:
    asked: dict[str, str] = json.loads((folder / "package.json").read_text())["dependencies"]
    packages: dict[str, dict[str, Any]] = json.loads((folder / "package-lock.json").read_text())["packages"]
    if packages[""]["dependencies"] != asked:
        yield "package-lock.json was made from another package.json"
    for name, version in asked.items():
        have = packages.get(f"node_modules/{name}", {}).get("version")
        if have != version:
            yield f"package-lock.json: {name} {have} is locked, {version} is asked for"
    for place, package in packages.items():
        if "resolved" in package or "://" in str(package.get("version")):
            yield f"package-lock.json: {place} holds an address"
        if place and not str(package.get("integrity", "")).startswith("sha512-"):
            yield f"package-lock.json: {place} has no hash"

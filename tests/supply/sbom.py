"""`python -m tests.supply.sbom [file]`: the bill of materials as CycloneDX 1.6 JSON, the same for the same locks.

Runtime packages of requirements.txt and the browser's of package-lock.json, with versions, hashes and licences.
"""

import base64
import json
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

from tests.supply.locks import Pin, pins

ROOT = Path(__file__).resolve().parent.parent.parent
Component = dict[str, Any]
CLASSIFIER = "License :: OSI Approved :: "
UNKNOWN = "unknown"


def sbom(folder: Path = ROOT) -> dict[str, Any]:
    """The document. Known vulnerabilities are not part of it, and it says so."""
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    lock = json.loads((folder / "web" / "assets" / "package-lock.json").read_text())
    components = [_python(pin) for pin in pins((folder / "requirements.txt").read_text()).values()]
    components += [_npm(place, package) for place, package in lock["packages"].items() if place]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": project["name"],
                "name": project["name"],
                "version": project["version"],
                "licenses": [_licence(project["license"])],
            },
            "properties": [{"name": "serving-portal:advisories", "value": "not checked"}],
        },
        "components": sorted(components, key=lambda one: str(one["bom-ref"])),
    }


def _python(pin: Pin) -> Component:
    purl = f"pkg:pypi/{pin.name}@{pin.version}"
    files = [
        # A package has a file per system, and each its own hash.
        {"type": "distribution", "url": purl, "hashes": [{"alg": "SHA-256", "content": digest}]}
        for digest in sorted(pin.hashes)
    ]
    found = {"type": "library", "bom-ref": purl, "name": pin.name, "version": pin.version, "purl": purl}
    return {**found, "licenses": [_licence(_installed_licence(pin.name))], "externalReferences": files}


def _npm(place: str, package: dict[str, Any]) -> Component:
    name = place.rpartition("node_modules/")[2]
    purl = f"pkg:npm/{name.replace('@', '%40')}@{package['version']}"
    digest = base64.b64decode(package["integrity"].removeprefix("sha512-")).hex()
    return {
        "type": "library",
        "bom-ref": purl if place.count("node_modules/") == 1 else f"{purl}#{place}",
        "name": name,
        "version": package["version"],
        "purl": purl,
        "scope": "optional" if package.get("optional") else "required",
        "hashes": [{"alg": "SHA-512", "content": digest}],
        "licenses": [_licence(package.get("license") or UNKNOWN)],
    }


def _installed_licence(name: str) -> str:
    """What the package says of itself, in an expression if it has one. Unknown where it is for another system."""
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return UNKNOWN
    classes = [c.removeprefix(CLASSIFIER) for c in said.get_all("Classifier", []) if c.startswith(CLASSIFIER)]
    stated = said.get_all("License-Expression") or said.get_all("License") or [""]
    return next(iter(stated[0].splitlines()), "") or " AND ".join(classes) or UNKNOWN


def _licence(text: str) -> dict[str, Any]:
    return {"license": {"name": text}}


if __name__ == "__main__":
    written = json.dumps(sbom(), indent=1, sort_keys=True) + "\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(written)
    else:
        sys.stdout.write(written)

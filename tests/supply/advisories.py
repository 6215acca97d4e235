"""`python -m tests.supply.advisories`: known vulnerabilities of what is locked; exit 3 where nobody could be asked.

`pip-audit` by itself says "no known vulnerabilities" with exit 0 when it reached no source. Here only an answer counts.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
CLEAN, FOUND, NOT_CHECKED = 0, 1, 3
WITHIN_S = 120


def main() -> int:
    """One line for each list of packages."""
    python = ["pip-audit", "--format=json", "--require-hashes", "--disable-pip", "-r", str(ROOT / "requirements.txt")]
    npm = ["npm", "audit", "--json", "--package-lock-only", "--fetch-retries=0"]
    verdicts = [
        _say("Python packages", pip_verdict(_ask(python, ROOT))),
        _say("browser packages", npm_verdict(_ask(npm, ROOT / "web" / "assets"))),
    ]
    return FOUND if FOUND in verdicts else max(verdicts)


def pip_verdict(answer: Any) -> int:
    """Clean only when every package was looked up."""
    packages = answer.get("dependencies") if isinstance(answer, dict) else None
    if not packages:
        return NOT_CHECKED
    if any(package.get("vulns") for package in packages):
        return FOUND
    return NOT_CHECKED if any("vulns" not in package for package in packages) else CLEAN


def npm_verdict(answer: Any) -> int:
    """Clean only when it is a report."""
    if not isinstance(answer, dict) or "auditReportVersion" not in answer or "vulnerabilities" not in answer:
        return NOT_CHECKED
    return FOUND if answer["vulnerabilities"] else CLEAN


def _ask(command: list[str], folder: Path) -> Any:
    beside = Path(sys.executable).with_name(command[0])
    program = str(beside) if beside.exists() else shutil.which(command[0])
    if program is None:
        return None
    try:
        done = subprocess.run([program, *command[1:]], cwd=folder, capture_output=True, timeout=WITHIN_S, check=False)
        return json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None


def _say(what: str, verdict: int) -> int:
    words = {CLEAN: "no known vulnerability", FOUND: "VULNERABLE", NOT_CHECKED: "NOT CHECKED: no source of advisories"}
    print(f"{what}: {words[verdict]}")
    return verdict


if __name__ == "__main__":
    sys.exit(main())

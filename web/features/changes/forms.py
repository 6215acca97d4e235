"""The submitted conflict form."""

from web.changes.merge import Choice
from web.errors import Invalid


def choices_in(paths: list[str], chosen: list[str]) -> dict[str, Choice]:
    """Path → "live" or "mine". Raises Invalid when a field was left undecided."""
    if len(paths) != len(chosen) or any(c not in ("live", "mine") for c in chosen):
        raise Invalid("Decide each field: what is live, or yours.", field="choice")
    return dict(zip(paths, chosen, strict=True))

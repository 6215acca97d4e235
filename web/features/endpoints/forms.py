"""Submitted forms of an endpoint → Change."""

from web.changes.kinds import Change, Kind


def deletion(name: str, typed: str) -> tuple[Change | None, str]:
    """The change, or what to tell the person beside the field."""
    if typed.strip() == name:
        return Change(kind=Kind.DELETE, endpoint=name), ""
    return None, f"Type the name exactly as it is: {name}" if typed.strip() else f"Type {name} to confirm."


def stop(name: str) -> Change:
    """Calls are refused until it is started again."""
    return Change(kind=Kind.STOP, endpoint=name)


def start(name: str) -> Change:
    """Makes a new config version of the same config."""
    return Change(kind=Kind.START, endpoint=name)

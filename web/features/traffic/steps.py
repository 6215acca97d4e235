"""Canary steps, pure: one served entity to a share, the others by what they have, as in static/js/traffic/split.js."""

STEPS = (1, 5, 10, 25, 50, 100)


def step(shares: dict[str, int], canary: str, percent: int) -> dict[str, int]:
    """`shares` with `canary` at `percent`; the others share the rest in proportion, evenly when none has anything."""
    others = {name: share for name, share in shares.items() if name != canary}
    if canary not in shares or not others:
        return shares
    rest = dict(zip(others, apportion(100 - percent, list(others.values())), strict=True))
    return {name: percent if name == canary else rest[name] for name in shares}


def apportion(total: int, weights: list[int]) -> list[int]:
    """`total` in whole parts in proportion to `weights`, by largest remainder; ties go to the first."""
    whole = sum(weights)
    if not whole:
        return apportion(total, [1] * len(weights)) if weights else []
    parts = [total * weight // whole for weight in weights]
    by_rest = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in by_rest[: total - sum(parts)]:
        parts[place] += 1
    return parts

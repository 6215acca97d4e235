"""A served entity's schema in two or three lines: what it takes, what it gives, whether it streams."""

from web.openapi import EntitySchema, Field, fields_of

FEW = 8


def glance(entity: EntitySchema) -> tuple[tuple[str, str], ...]:
    """(label, words) pairs, the most important first."""
    ways = [(way.key or "body", fields_of(way.schema)) for way in entity.alternatives]
    told = [("Takes", _takes(ways)), ("Gives", _gives(fields_of(entity.response)) if entity.response else "")]
    if any(one.name == "stream" for _, fields in ways for one in fields):
        told.append(("Streams", "with stream: true"))
    return tuple((label, words) for label, words in told if words)


def _takes(ways: list[tuple[str, tuple[Field, ...]]]) -> str:
    columns = next((rows for key, fields in ways if key == "dataframe_records" and (rows := _inside(fields, key))), ())
    if columns:
        return f"a table of {_counted(len(columns), 'column')}: {_names(columns)}"
    keys = " or ".join(key for key, _ in ways)
    main = next((one for one in ways[0][1] if one.name == ways[0][0]), None)
    others = len(ways[0][1]) - 1
    more = f" and {_counted(others, 'more field')}" if main and others > 0 else ""
    return f"{keys} ({main.type}){more}" if main else keys


def _gives(fields: tuple[Field, ...]) -> str:
    if len(fields) == 1:
        one = fields[0]
        inner = f" with {_names(one.children)}" if one.children and one.children[0].name else ""
        return f"{one.name} ({one.type}{' · ' + one.format if one.format else ''}){inner}"
    return _names(fields)


def _inside(fields: tuple[Field, ...], key: str) -> tuple[Field, ...]:
    return next((one.children for one in fields if one.name == key), ())


def _names(fields: tuple[Field, ...]) -> str:
    shown = ", ".join(one.name for one in fields[:FEW])
    return shown + (f" and {len(fields) - FEW} more" if len(fields) > FEW else "")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"

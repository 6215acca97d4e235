"""What a form says of each provider, word for word: its name, a model for example, and the fields of each way in."""

from pathlib import Path

import pytest

from web.changes.providers import PROVIDERS, Setting

# "?" behind what may be left empty, "*" behind what is a secret; in brackets the help or what there is to choose.
WORDS = Path(__file__).with_name("provider_words.txt").read_text()


def said(setting: Setting) -> str:
    more = setting.help or " ".join(setting.choices)
    return (
        f"{setting.label}{'*' if setting.secret else ''}{'' if setting.required else '?'}{f' [{more}]' if more else ''}"
    )


def words(key: str) -> str:
    provider = PROVIDERS[key]
    ways = (f"  {way.label}: {', '.join(map(said, provider.fields(way.key)))}\n" for way in provider.variants)
    return f"{provider.label}, {provider.example}\n{''.join(ways)}"


@pytest.mark.parametrize("key", PROVIDERS)
def test_a_form_says_what_the_provider_calls_its_fields(key: str) -> None:
    assert words(key) in WORDS


def test_the_providers_are_offered_in_this_order() -> None:
    assert WORDS.strip() == "".join(words(key) for key in PROVIDERS).strip()

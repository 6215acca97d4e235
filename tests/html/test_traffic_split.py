"""Traffic split sliders on the patterns page: the shares always add up to 100, by mouse, keyboard or morph."""

import json
import random

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.html.conftest import OpenPattern
from web.features.traffic.steps import STEPS, apportion, step

MOVES = 200_000
SEED = 20261126

# A split of 1 to 15 entities at a time, moved at random; answers the first move that breaks a rule, with all before it.
PLAY = """async ([moves, seed]) => {
  const split = await import(document.querySelector("meta[name=static-base]").content + "js/traffic/split.js");
  const dice = () => { seed = (seed * 48271) % 2147483647; return seed / 2147483647; };
  const pick = (list) => list[Math.floor(dice() * list.length)];
  let state, names, told;
  const begin = () => {
    names = Array.from({ length: 1 + Math.floor(dice() * 15) }, (_, n) => "e" + n);
    state = split.start(names.map((name) => ({ name, percent: Math.floor(dice() * 101), locked: dice() < 0.1 })));
    told = [["start", state.rows.map((row) => [row.percent, row.locked])]];
  };
  const acts = {
    set: () => [pick(names), Math.floor(dice() * 140) - 20],
    drag: () => [state.moving?.name ?? pick(names), dice() * 100],
    all: () => [pick(names)],
    lock: () => [pick(names), dice() < 0.4],
    even: () => [],
    swap: () => [pick(names), pick(names)],
    step: () => [pick(names), pick(split.STEPS)],
  };
  const call = { ...split, drag: split.set, step: split.set };
  begin();
  for (let n = 0; n < moves; n += 1) {
    if (n % 40 === 0) begin();
    const act = pick(Object.keys(acts));
    const given = acts[act]();
    const before = state;
    state = call[act](state, ...given);
    told.push([act, ...given]);
    const now = split.shares(state);
    const wrong = now.some((share) => !Number.isInteger(share) || share < 0 || share > 100) ? "not whole shares"
      : now.reduce((a, b) => a + b, 0) !== 100 ? "does not add up"
      : before.rows.some((row, place) => row.locked && now[place] !== row.percent) ? "moved a locked share"
      : state.rows.some((row, place) => row.name !== before.rows[place].name) ? "lost a row" : "";
    if (wrong) return { wrong, told, now };
  }
  return { moves };
}"""

STEP = """async (asked) => {
  const split = await import(document.querySelector("meta[name=static-base]").content + "js/traffic/split.js");
  const begin = (shares) => split.start(shares.map((percent, n) => ({ name: String(n), percent })));
  return asked.map(([shares, canary, percent]) => split.shares(split.set(begin(shares), String(canary), percent)));
}"""

HOME = """async ([seed, rounds]) => {
  const split = await import(document.querySelector("meta[name=static-base]").content + "js/traffic/split.js");
  const dice = () => { seed = (seed * 48271) % 2147483647; return seed / 2147483647; };
  const lost = [];
  for (let n = 0; n < rounds; n += 1) {
    const names = Array.from({ length: 2 + Math.floor(dice() * 14) }, (_, at) => "e" + at);
    let state = split.start(names.map((name) => ({ name, percent: Math.floor(dice() * 100) })));
    const pick = () => names[Math.floor(dice() * names.length)];
    for (let k = 0; k < 3; k += 1) state = split.set(state, pick(), Math.floor(dice() * 101));
    const away = pick();
    const from = split.shares(state);
    for (let k = 0; k < 3; k += 1) state = split.set(state, away, Math.floor(dice() * 101));
    const home = split.set(state, away, from[names.indexOf(away)]);
    if (split.shares(home).join() !== from.join()) lost.push([from, away, split.shares(home)]);
  }
  return lost;
}"""


def card(page: Page, title: str) -> Locator:
    return page.locator(".card-box").filter(has=page.get_by_role("heading", name=title, exact=True))


def shares(part: Locator) -> list[int]:
    found: list[int] = part.locator(".split-number input").evaluate_all("all => all.map(one => Number(one.value))")
    return found


@pytest.fixture
def patterns(open_pattern: OpenPattern) -> Page:
    page = open_pattern("/patterns")
    expect(page.locator("traffic-split:defined").first).to_be_visible()
    return page


@pytest.fixture
def rules(open_pattern: OpenPattern) -> Page:
    """Where a test itself may import the page's modules."""
    return open_pattern("/patterns", bypass_csp=True)


def test_200000_random_moves_always_add_up_and_never_move_a_locked_share(rules: Page) -> None:
    found = rules.evaluate(PLAY, [MOVES, SEED])
    assert found == {"moves": MOVES}, json.dumps(found)


def test_a_canary_step_of_the_server_is_that_of_the_page(rules: Page) -> None:
    dice = random.Random(SEED)  # noqa: S311 test data
    asked, expected = [], []
    for _ in range(400):
        shares = apportion(100, [dice.choice((0, 1, 3, 20, 50)) for _ in range(dice.randrange(2, 16))])
        canary, percent = dice.randrange(len(shares)), dice.choice(STEPS)
        asked.append([shares, canary, percent])
        stepped = step({str(place): share for place, share in enumerate(shares)}, str(canary), percent)
        expected.append(list(stepped.values()))
    assert rules.evaluate(STEP, asked) == expected


def test_moving_a_share_away_and_back_restores_all_the_others(rules: Page) -> None:
    assert rules.evaluate(HOME, [random.Random(SEED).randrange(1, 2**31 - 1), 5000]) == []  # noqa: S311 test data


def test_a_share_squeezed_to_nothing_is_remembered_in_its_proportion(patterns: Page) -> None:
    part = card(patterns, "Five entities")
    part.get_by_role("button", name="All to this one: churn-3").click()
    assert shares(part) == [0, 0, 100, 0, 0]
    part.get_by_role("button", name="Lock churn-5").click()
    slider = part.get_by_role("slider", name="Share of churn-3")
    slider.fill("50")
    assert shares(part) == [5, 20, 50, 25, 0]


def test_a_slider_moves_its_field_the_bar_and_the_others(patterns: Page) -> None:
    part = card(patterns, "Two entities")
    slider = part.get_by_role("slider", name="Share of fraud-detector-8")
    slider.focus()
    for key, expected in [
        ("ArrowRight", 11),
        ("PageUp", 21),
        ("ArrowLeft", 20),
        ("End", 100),
        ("Home", 0),
        ("PageUp", 10),
    ]:
        slider.press(key)
        assert shares(part) == [100 - expected, expected], key
        expect(slider).to_be_focused()
    expect(slider).to_have_attribute("aria-valuetext", "fraud-detector-8: 10 percent")
    expect(part.get_by_role("img")).to_have_attribute(
        "aria-label", "Traffic: fraud-detector-7 90 %, fraud-detector-8 10 %"
    )
    slider.press("ArrowRight")
    expect(part.get_by_role("status")).to_have_text("fraud-detector-8 11 %, fraud-detector-7 89 %")


def test_a_typed_number_counts_on_enter_or_on_leaving_and_is_clamped(patterns: Page) -> None:
    part = card(patterns, "Two entities")
    field = part.get_by_label("fraud-detector-8 traffic percentage")
    field.fill("3")
    assert shares(part) == [90, 3], "nothing moves while somebody types"
    field.press("Enter")
    assert shares(part) == [97, 3]
    expect(field).to_be_focused()
    field.fill("250")
    field.press("Tab")
    assert shares(part) == [0, 100]
    field.fill("")
    field.press("Tab")
    assert shares(part) == [0, 100]
    field.press("PageDown")
    field.press("ArrowDown")
    assert shares(part) == [11, 89]
    assert patterns.url.endswith("/patterns"), "Enter sends nothing"


def test_even_swap_and_reset_heed_a_lock(patterns: Page) -> None:
    part = card(patterns, "Five entities")
    lock = part.get_by_role("button", name="Lock churn-3")
    lock.press("Enter")
    expect(lock).to_have_attribute("aria-pressed", "true")
    expect(lock).to_be_focused()
    part.get_by_role("button", name="Even").click()
    assert shares(part) == [13, 13, 50, 12, 12]
    part.get_by_label("with that of").select_option("churn-3")
    expect(part.get_by_role("button", name="Swap")).to_have_attribute("aria-disabled", "true")
    part.get_by_label("with that of").select_option("churn-5")
    part.get_by_role("button", name="Swap").click()
    assert shares(part) == [12, 13, 50, 12, 13]
    part.get_by_role("button", name="Reset to live").click()
    assert shares(part) == [20, 20, 60, 0, 0]
    expect(part.get_by_text("was ", exact=False).first).to_be_hidden()
    expect(part.get_by_role("button", name="Reset to live")).to_be_focused()


def test_rows_that_a_morph_adds_renames_or_takes_away_are_read_again(patterns: Page) -> None:
    part = card(patterns, "Two entities")
    part.get_by_role("button", name="Lock fraud-detector-8").click()
    markup = part.locator("traffic-split").evaluate("one => one.outerHTML")
    other = card(patterns, "Five entities").locator("traffic-split").evaluate("one => one.outerHTML")
    morph = "([html, id]) => htmx.swap({text: html, target: document.getElementById(id), swap: 'outerMorph'})"
    patterns.evaluate(morph, [other.replace("split-five", "split-two"), "split-two"])
    expect(part.locator(".split-row")).to_have_count(5)
    part.get_by_role("slider", name="Share of churn-3").press("ArrowRight")
    assert sum(shares(part)) == 100
    part.locator(".split-row").nth(2).evaluate("row => row.remove()")
    assert len(shares(part)) == 4
    assert sum(shares(part)) == 100
    patterns.evaluate(morph, [markup, "split-two"])
    expect(part.locator(".split-row")).to_have_count(2)
    part.get_by_role("slider", name="Share of fraud-detector-7").press("Home")
    assert sum(shares(part)) == 100


def test_what_the_server_says_counts_when_rows_have_shifted(patterns: Page) -> None:
    part = card(patterns, "Two entities")
    markup = part.locator("traffic-split").evaluate("one => one.outerHTML")
    slider = part.get_by_role("slider", name="Share of fraud-detector-7")
    slider.fill("70")
    morph = "([html, id]) => htmx.swap({text: html, target: document.getElementById(id), swap: 'outerMorph'})"
    patterns.evaluate(morph, [markup, "split-two"])
    assert shares(part) == [70, 30], "the same rows again: what was moved stays"
    turned = markup.replace("detector-7", "detector-9").replace("detector-8", "detector-7")
    turned = turned.replace("detector-9", "detector-8")
    turned = turned.replace('value="90"', 'value="30"').replace('value="10"', 'value="70"')
    patterns.evaluate(morph, [turned, "split-two"])
    expect(part.locator(".split-label").first).to_contain_text("fraud-detector-8")
    assert shares(part) == [30, 70]
    expect(slider).to_have_value("70")


def test_numbers_that_do_not_add_up_stay_until_the_first_move(patterns: Page) -> None:
    part = card(patterns, "With mistakes")
    field = part.get_by_label("fraud-detector-8 traffic percentage")
    expect(field).to_have_value("")
    expect(part.get_by_text("The shares add up to 90, not to 100.")).to_be_visible()
    field.fill("10")
    field.press("Enter")
    assert shares(part) == [90, 10]
    expect(part.locator(".field-error")).to_have_count(0)
    expect(field).not_to_have_attribute("aria-invalid", "true")

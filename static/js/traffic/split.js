// The split of an endpoint's traffic as plain values. Every move answers a new split; a split always has whole shares
// from 0 to 100 that add up to 100, and a locked share never moves: what cannot be honoured is clamped.
//
// split = {rows: [{name, percent, locked, kept}], moving}. `kept` remembers what a share was before it was squeezed to 0;
// `moving` = {name, from} is the share being moved and the split before, so that moving there and back restores it.

export const STEPS = [1, 5, 10, 25, 50, 100];

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const clamp = (number, least, most) => Math.min(Math.max(number, least), most);
const whole = (value) => clamp(Math.round(Number(value) || 0), 0, 100);

/** `total` in whole parts in proportion to whole `weights`, by largest remainder, ties to the first; evenly when all are 0. */
export function apportion(total, weights) {
  const all = sum(weights);
  if (!all) return weights.length ? apportion(total, weights.map(() => 1)) : [];
  const parts = weights.map((weight) => Math.floor((total * weight) / all));
  const left = weights.map((weight, place) => ({ place, rest: (total * weight) % all }));
  left.sort((a, b) => b.rest - a.rest || a.place - b.place);
  for (const { place } of left.slice(0, total - sum(parts))) parts[place] += 1;
  return parts;
}

/** A split of rows {name, percent, locked}; shares that do not add up to 100 are fitted, in proportion. */
export function start(rows) {
  const taken = rows.map((row) => ({ name: row.name, percent: whole(row.percent), locked: Boolean(row.locked), kept: 0 }));
  const locked = sum(taken.filter((row) => row.locked).map((row) => row.percent));
  const fixed = locked <= 100 && (locked === 100 || taken.some((row) => !row.locked));
  const rest = taken.map((row) => (fixed ? row : { ...row, locked: false }));
  return settled(spread({ rows: rest, moving: null }, (row) => row.percent));
}

/** The most that `name` can have beside the locked shares. */
export function room(split, name) {
  return 100 - sum(split.rows.filter((row) => row.locked && row.name !== name).map((row) => row.percent));
}

/** `name` to `percent`; the others that are not locked give or take in proportion to what they had when it began to move. */
export function set(split, name, percent) {
  const row = split.rows.find((one) => one.name === name);
  const others = split.rows.filter((one) => one !== row && !one.locked);
  if (!row || row.locked || !others.length || !Number.isFinite(percent)) return split;
  const begun = split.moving?.name === name ? split : { ...settled(split), moving: { name, from: shares(split) } };
  const before = new Map(begun.rows.map((one, place) => [one.name, begun.moving.from[place]]));
  const remembered = others.some((one) => before.get(one.name)) ? (one) => before.get(one.name) : (one) => one.kept;
  const given = clamp(Math.round(percent), 0, room(split, name));
  const moved = begun.rows.map((one) => (one.name === name ? { ...one, percent: given } : one));
  return spread({ ...begun, rows: moved }, remembered, name);
}

/** `name` gets everything that is not locked. */
export const all = (split, name) => set(split, name, 100);

/** Locks or unlocks `name`. */
export function lock(split, name, locked) {
  const { rows } = settled(split);
  return { rows: rows.map((row) => (row.name === name ? { ...row, locked } : row)), moving: null };
}

/** Everything that is not locked, shared evenly; the first ones get what does not divide. */
export function even(split) {
  return settled(spread(settled(split), () => 1), true);
}

/** `one` and `other` trade their shares. */
export function swap(split, one, other) {
  const [a, b] = [one, other].map((name) => split.rows.find((row) => row.name === name && !row.locked));
  if (!a || !b) return split;
  const { rows } = settled(split);
  const traded = { [one]: b.percent, [other]: a.percent };
  return settled({ rows: rows.map((row) => ({ ...row, percent: traded[row.name] ?? row.percent })), moving: null }, true);
}

/** The shares as numbers, in the order of the rows. */
export const shares = (split) => split.rows.map((row) => row.percent);

/** What is not locked (nor `except`) gets what the rest leaves, by `weight`. */
function spread(split, weight, except) {
  const free = split.rows.filter((row) => !row.locked && row.name !== except);
  const parts = apportion(100 - sum(split.rows.filter((row) => !free.includes(row)).map((row) => row.percent)), free.map(weight));
  const given = new Map(free.map((row, place) => [row, parts[place]]));
  return { ...split, rows: split.rows.map((row) => (given.has(row) ? { ...row, percent: given.get(row) } : row)) };
}

/** At rest: what shares are kept in mind. While one is squeezed to 0, the others are remembered as they were with it. */
function settled(split, afresh = false) {
  const byHand = (row) => row.name === split.moving?.name;
  const squeezed = !afresh && split.rows.some((row) => !row.percent && row.kept && !byHand(row));
  const keep = (row) => (squeezed && row.kept && !byHand(row) ? row.kept : row.percent);
  return { rows: split.rows.map((row) => ({ ...row, kept: keep(row) })), moving: null };
}

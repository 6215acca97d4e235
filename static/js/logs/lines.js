// A log as lines: their level, their time, how many rows each takes, and where they stand. Pure; no page needed.
const QUIET = /\[(info|debug)\]|\b(INFO|DEBUG)\b|\b0 (errors?|failed)\b/i;
const ERROR = /\b(error|critical|fatal|exception|traceback|oomkilled|sigkill|failed)\b|exit(ed)? (with )?code [1-9]/i;
const NAMED = /(Error|Exception|Interrupt)\b/;
const WARNING = /\bwarn(ing)?\b/i;
const TIME = /^(\[[0-9a-z]{1,12}\] )?\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|[+-]\d\d:?\d\d))?\]? ?/;
export const LONGEST = 4000;

// 2 error, 1 warning, 0 the rest. An indented line belongs to the one above it: a traceback stays whole.
export function levelOf(line, above = 0) {
  const said = line.replace(TIME, "");
  if (above === 2 && /^\s+\S/.test(said)) return 2;
  if (QUIET.test(said)) return 0;
  return ERROR.test(said) || NAMED.test(said) ? 2 : WARNING.test(said) ? 1 : 0;
}

export function withoutTime(line) { return line.replace(TIME, ""); }

export class Lines {
  all = [];
  levels = [];
  shown = [];
  starts = new Uint32Array(1);
  level = 0;
  times = true;
  columns = Infinity;

  add(text) {
    const from = this.all.length;
    for (const line of text.split("\n")) {
      this.levels.push(levelOf(line, this.levels.at(-1)));
      this.all.push(line);
    }
    return this.all.length - from;
  }

  clear() { this.all = []; this.levels = []; }

  text(place) {
    const line = this.times ? this.all[place] : withoutTime(this.all[place]);
    return line.length > LONGEST ? `${line.slice(0, LONGEST)} … ${line.length - LONGEST} more characters, in the download` : line;
  }

  // Which lines are shown and in which row each begins; to be called after anything changed.
  measure() {
    this.shown = [];
    for (let place = 0; place < this.all.length; place += 1) if (this.levels[place] >= this.level) this.shown.push(place);
    this.starts = new Uint32Array(this.shown.length + 1);
    for (let index = 0; index < this.shown.length; index += 1) {
      const rows = this.columns === Infinity ? 1 : Math.max(1, Math.ceil(this.text(this.shown[index]).length / this.columns));
      this.starts[index + 1] = this.starts[index] + rows;
    }
  }

  get rows() { return this.starts[this.shown.length] ?? 0; }

  // The shown line that stands in a row.
  at(row) {
    let [low, high] = [0, Math.max(this.shown.length - 1, 0)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= row) low = middle; else high = middle - 1;
    }
    return low;
  }

  // Indexes of shown lines that contain the words, whatever their case.
  find(words) {
    const wanted = words.toLowerCase();
    if (!wanted) return [];
    const found = [];
    for (let index = 0; index < this.shown.length; index += 1) {
      if (this.text(this.shown[index]).toLowerCase().includes(wanted)) found.push(index);
    }
    return found;
  }

  firstError() { return this.shown.findIndex((place) => this.levels[place] === 2); }
}

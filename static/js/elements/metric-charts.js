// <metric-charts>: draws each table of #metrics-data as lines into the place with the same data-chart, all with one time axis
// and one crosshair, with a line where the config changed. Draws anew after a refresh, a resize and a change of theme.
const base = document.querySelector("meta[name=static-base]").content;
const SYNC = "metrics";
const HEIGHT = 190;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function short(value) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  return value.toLocaleString(undefined, { maximumFractionDigits: size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3 });
}

// uPlot's [times, values…], oldest first, out of a table that has the newest first.
function series(table) {
  const rows = [...table.tBodies[0].rows].reverse();
  const names = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
  const times = rows.map((row) => Number(row.dataset.t));
  const values = names.map((_, index) => rows.map((row) => {
    const { v } = row.cells[index + 1].dataset;
    return v === undefined ? null : Number(v);
  }));
  return { names, data: [times, ...values] };
}

function marker(marks) {
  return (plot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = colour("--warning");
    ctx.setLineDash([4, 4]);
    for (const at of marks) {
      const x = Math.round(plot.valToPos(at, "x", true));
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  };
}

const words = (seconds, options) => new Date(seconds * 1000).toLocaleString("en-GB", options);
const CLOCK = { hour: "2-digit", minute: "2-digit" };
const DAY = { day: "numeric", month: "short" };

// Hours, and the day where one begins.
function moments(_plot, splits, _axis, _space, step) {
  return splits.map((at) => (step >= 86400 || words(at, CLOCK) === "00:00" ? words(at, DAY) : words(at, CLOCK)));
}

function strokes(key, index) {
  return key === "errors" ? colour(index ? "--danger" : "--data-2") : colour(`--data-${(index % 6) + 1}`);
}

function axis(extra = {}) {
  const line = { stroke: colour("--line"), width: 1 };
  return { stroke: colour("--text-soft"), grid: line, ticks: line, font: `11px ${colour("--font")}`, ...extra };
}

class MetricCharts extends HTMLElement {
  plots = new Map();
  opened = new Set();

  async connectedCallback() {
    if (this.uPlot) return;
    this.uPlot = (await import(`${base}vendor/uplot.js`)).default;
    this.draw = this.draw.bind(this);
    this.refreshed = () => { this.reopen(); this.draw(); };
    document.addEventListener("htmx:after:swap", this.refreshed);
    document.addEventListener("portal:theme", this.draw);
    this.addEventListener("toggle", (event) => {
      const { key } = event.target.dataset;
      if (key) this.opened[event.target.open ? "add" : "delete"](key);
    }, true);
    this.watcher = new ResizeObserver(() => this.fit());
    this.watcher.observe(this);
    this.draw();
  }

  disconnectedCallback() {
    this.watcher?.disconnect();
    document.removeEventListener("htmx:after:swap", this.refreshed);
    document.removeEventListener("portal:theme", this.draw);
  }

  reopen() {
    for (const one of this.querySelectorAll("#metrics-data details[data-key]")) one.open = this.opened.has(one.dataset.key);
  }

  draw() {
    const marks = [...this.querySelectorAll("[data-mark]")].map((one) => Number(one.dataset.mark));
    for (const place of this.querySelectorAll(".metrics-chart")) {
      const table = this.querySelector(`#metrics-data table[data-chart="${place.dataset.chart}"]`);
      place.hidden = !table;
      this.plots.get(place)?.destroy();
      this.plots.delete(place);
      if (table) this.plot(place, table, marks);
    }
  }

  plot(place, table, marks) {
    const { title, unit } = table.dataset;
    const { names, data } = series(table);
    place.querySelector(".metrics-title").textContent = title;
    place.querySelector(".metrics-now").textContent = unit;
    const box = place.querySelector(".metrics-plot");
    const range = this.querySelector("#metrics-data").dataset;
    const few = data[0].length < 30;
    const latest = (index) => data[index].findLast((value) => value !== null);
    const plot = new this.uPlot({
      width: Math.max(box.clientWidth - 8, 200), height: HEIGHT, padding: [10, 12, 0, 0],
      cursor: { sync: { key: SYNC, setSeries: false }, y: false, drag: { x: true, y: false, setScale: false } },
      hooks: { drawAxes: [marker(marks)], setSelect: [(one) => this.zoomTo(one)] },
      scales: { x: { time: true, range: () => this.zoom ?? this.whole(data[0]) }, y: { range: (_, low, high) => [Math.min(0, low ?? 0), (high || 1) * 1.1] } },
      axes: [axis({ values: moments, size: 30 }), axis({ size: 70, values: (_, splits) => splits.map(short) })],
      series: [
        { label: "Time", value: (_, at) => (at === null || at === undefined ? "latest" : words(at, { ...DAY, ...CLOCK })) },
        ...names.map((name, index) => ({
          label: name, stroke: strokes(place.dataset.chart, index), width: 1.5, spanGaps: false, points: { show: few, size: 5 },
          value: (_plot, value, _series, at) => short(at === null || at === undefined ? latest(index + 1) : value),
        })),
      ],
    }, data, box);
    this.plots.set(place, plot);
    box.ondblclick = () => { this.zoom = null; this.rescale(); };
  }

  whole(times) {
    const { since, until } = this.querySelector("#metrics-data").dataset;
    return [Number(since), Math.max(Number(until), times.at(-1) ?? 0)];
  }

  // A range drawn on one chart is shown on all; a double click brings the whole back.
  zoomTo(plot) {
    const { left, width } = plot.select;
    if (width < 4) return;
    this.zoom = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.rescale();
  }

  rescale() {
    for (const plot of this.plots.values()) plot.setData(plot.data, true);
  }

  fit() {
    for (const [place, plot] of this.plots) {
      const width = Math.max(place.querySelector(".metrics-plot").clientWidth - 8, 200);
      if (Math.abs(plot.width - width) > 1) plot.setSize({ width, height: HEIGHT });
    }
  }
}

customElements.define("metric-charts", MetricCharts);

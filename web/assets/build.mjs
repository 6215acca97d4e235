// Builds the third-party browser code into the folder named on the command line. Run by `python -m web.assets`.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import * as sass from "sass";
import subsetFont from "subset-font";

const out = process.argv[2];
const modules = join(import.meta.dirname, "node_modules");
const entries = join(import.meta.dirname, "entries");
mkdirSync(out, { recursive: true });

async function bundleScripts() {
  const names = readdirSync(entries).filter((name) => /\.(js|css)$/.test(name));
  await esbuild.build({
    entryPoints: names.map((name) => join(entries, name)),
    outdir: out, bundle: true, minify: true, format: "esm", target: "es2022", legalComments: "none", logLevel: "warning",
  });
}

async function compileBootstrap() {
  const { css } = sass.compile(join(entries, "vendor.scss"), {
    loadPaths: [modules], quietDeps: true, silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
  });
  const { code } = await esbuild.transform(css, { loader: "css", minify: true, target: "es2022" });
  writeFileSync(join(out, "vendor.css"), code);
}

// Weights and features that static/css asks for; the rest of the font is two fifths of its weight.
const FONT = {
  targetFormat: "woff2", variationAxes: { wght: { min: 400, max: 700 } },
  keepFeatures: ["kern", "ccmp", "locl", "mark", "mkmk", "calt", "tnum", "cv11", "ss03"],
};

async function cutFonts() {
  const font = join(modules, "@fontsource-variable/inter");
  const ranges = JSON.parse(readFileSync(join(font, "unicode.json"), "utf8"));
  for (const subset of ["latin", "latin-ext"]) {
    const whole = readFileSync(join(font, `files/inter-${subset}-wght-normal.woff2`));
    writeFileSync(join(out, `inter-${subset}.woff2`), await subsetFont(whole, charactersOf(ranges[subset]), FONT));
  }
}

function charactersOf(ranges) {
  return ranges.split(",").map((range) => {
    const [first, last = first] = range.replace("U+", "").split("-").map((code) => parseInt(code, 16));
    return Array.from({ length: last - first + 1 }, (_, place) => String.fromCodePoint(first + place)).join("");
  }).join("");
}

function collectIcons() {
  const folder = join(modules, "bootstrap-icons/icons");
  const icons = {};
  for (const name of readdirSync(folder)) {
    const svg = readFileSync(join(folder, name), "utf8");
    icons[basename(name, ".svg")] = svg.replace(/^<svg[^>]*>|<\/svg>\s*$/g, "").replace(/\s*\n\s*/g, "");
  }
  writeFileSync(join(out, "icons.json"), JSON.stringify(icons));
}

function compress() {
  for (const name of readdirSync(out).filter((file) => /\.(js|css)$/.test(file))) {
    const body = readFileSync(join(out, name));
    writeFileSync(join(out, `${name}.gz`), gzipSync(body, { level: 9 }));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
    writeFileSync(join(out, `${name}.br`), brotliCompressSync(body, { params }));
  }
}

await Promise.all([bundleScripts(), compileBootstrap()]);
await cutFonts();
collectIcons();
compress();

// What an answer cost in time, tokens and money: [{label, value, title}]. "≈" marks what is estimated rather than told.
import { written } from "./answers.js";

export const ms = (value) => (value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(value < 10000 ? 2 : 1)} s`);
const CHARACTERS_PER_TOKEN = 4;
const FEWEST_FRAMES = 3;
const SHORTEST_MS = 100;

// Tokens a second after the first frame, which may hold many; null where too few frames came, or in too short a time, to tell.
function rateOf(run, tokens, characters) {
  const writing = run.firstToken === null ? 0 : run.lastToken - run.firstToken;
  const share = characters ? 1 - run.firstWritten / characters : 0;
  return run.spoken >= FEWEST_FRAMES && writing >= SHORTEST_MS && share > 0 ? (tokens * share) / (writing / 1000) : null;
}

export function measure(run) {
  const { answer } = run;
  const told = answer.usage?.output ?? null;
  const characters = written(answer);
  const tokens = told ?? Math.ceil(characters / CHARACTERS_PER_TOKEN);
  return {
    ttft: run.firstToken === null ? null : run.firstToken - run.began,
    serverTtft: run.server?.first_token_ms ?? null,
    total: (run.ended ?? performance.now()) - run.began,
    tokens, input: answer.usage?.input ?? null, estimated: told === null,
    rate: rateOf(run, tokens, characters),
  };
}

export function cost(measured, price) {
  if (!price || (measured.estimated && !measured.tokens)) return null;
  return ((measured.input ?? 0) * price.input + measured.tokens * price.output) / 1e6;
}

export function figures(measured, price, entity) {
  const about = measured.estimated ? "≈ " : "";
  const shown = [];
  const add = (label, value, title = "") => shown.push({ label, value, title });
  if (measured.ttft !== null) {
    const server = measured.serverTtft === null ? "" : `; ${ms(measured.serverTtft)} of it until the portal's server had it`;
    add("First token", ms(measured.ttft), `Measured in this browser from Send${server}`);
  }
  if (measured.rate !== null) add("Speed", `${about}${measured.rate.toFixed(measured.rate < 10 ? 1 : 0)} tokens/s`, "Between the first and the last piece of the answer; what the first piece held is not counted");
  if (measured.tokens) add("Tokens", `${about}${measured.tokens}`, measured.estimated ? "Estimated from the characters: the model did not say" : `As the model counted; ${measured.input ?? "?"} in the prompt`);
  add("Total", ms(measured.total), "From Send to the end of the answer");
  const money = cost(measured, price);
  if (money !== null) add("Price", `${about}${money.toPrecision(2)} ${price.currency}`, "From the configured price table");
  if (entity) add("Answered by", entity);
  return shown;
}

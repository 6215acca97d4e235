// What an answer cost in time, tokens and money: [{label, value, title}]. "≈" marks what is estimated rather than told.
const ms = (value) => (value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(value < 10000 ? 2 : 1)} s`);
const CHARACTERS_PER_TOKEN = 4;

export function measure(run) {
  const { answer } = run;
  const told = answer.usage?.output ?? null;
  const written = answer.text.length + answer.steps.filter((one) => one.kind !== "result").reduce((sum, one) => sum + one.body.length, 0);
  const tokens = told ?? Math.ceil(written / CHARACTERS_PER_TOKEN);
  const writing = run.firstToken !== null ? run.lastToken - run.firstToken : 0;
  return {
    ttft: run.firstToken === null ? null : run.firstToken - run.began,
    serverTtft: run.server?.first_token_ms ?? null,
    total: (run.ended ?? performance.now()) - run.began,
    tokens, input: answer.usage?.input ?? null, estimated: told === null,
    rate: writing > 0 && tokens > 1 ? (tokens - 1) / (writing / 1000) : null,
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
  if (measured.rate !== null) add("Speed", `${about}${measured.rate.toFixed(measured.rate < 10 ? 1 : 0)} tokens/s`, "Between the first and the last token");
  if (measured.tokens) add("Tokens", `${about}${measured.tokens}`, measured.estimated ? "Estimated from the characters: the model did not say" : `As the model counted; ${measured.input ?? "?"} in the prompt`);
  add("Total", ms(measured.total), "From Send to the end of the answer");
  const money = cost(measured, price);
  if (money !== null) add("Price", `${about}${money.toPrecision(2)} ${price.currency}`, "From the configured price table");
  if (entity) add("Answered by", entity);
  return shown;
}

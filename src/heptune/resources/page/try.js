// The page to try a model by hand: asks the server it came from, and nobody else.
"use strict";

const element = (id) => document.getElementById(id);
const KEPT = "heptune-token";
const form = element("form");

function show(id, shown) {
  element(id).hidden = !shown;
}

function fail(message) {
  element("error").textContent = message;
  show("error", true);
  show("answer", false);
}

async function ask(path, body) {
  const token = element("token").value.trim();
  const headers = { "Accept-Language": document.documentElement.lang };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  const response = await fetch(path, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) });
  const content = await response.json();
  if (response.status === 401) show("token-part", true);
  if (!response.ok) throw new Error(content.error);
  if (token) sessionStorage.setItem(KEPT, token);
  return content;
}

async function fillModels() {
  const { models } = await ask("/models");
  const select = element("model");
  if (select.options.length) return;
  for (const name of models) select.append(new Option(name, name));
  show("model-part", models.length > 1);
}

function row(label, score, first) {
  const line = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  const name = document.createElement("bdi");
  name.textContent = label;
  head.append(name);
  const number = document.createElement("td");
  number.className = "number";
  number.textContent = score.toFixed(3);
  const bars = document.createElement("td");
  bars.className = "bars";
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = score;
  bar.className = first ? "first" : "";
  bar.setAttribute("aria-label", label);
  bars.append(bar);
  line.append(head, number, bars);
  return line;
}

function note(id, text) {
  element(id).querySelector("bdi").textContent = text || "";
  show(id, Boolean(text));
}

function tell(answer) {
  const [one] = answer.predictions;
  if (one.error) {
    fail(one.error.message);
    return;
  }
  element("label").textContent = one.label;
  element("score").textContent = one.score.toFixed(3);
  show("review", one.needs_review === true);
  show("truncated", one.truncated);
  note("decision", one.decision);
  note("set", one.label_set && one.label_set.join(" · "));
  const ranked = Object.entries(one.scores).sort((a, b) => b[1] - a[1]);
  element("scores").tBodies[0].replaceChildren(...ranked.map(([label, score], at) => row(label, score, at === 0)));
  element("version").textContent = `${answer.model} · sha256 ${answer.version}`;
  show("error", false);
  show("answer", true);
}

async function classify(event) {
  event.preventDefault();
  const text = element("text").value;
  if (!text) {
    fail(form.dataset.nothing);
    return;
  }
  element("send").disabled = true;
  show("error", false);
  try {
    await fillModels();
    tell(await ask(`/models/${encodeURIComponent(element("model").value)}/v1/classify`, { inputs: text }));
  } catch (error) {
    fail(error instanceof TypeError ? form.dataset.unreachable : error.message);
  } finally {
    element("send").disabled = false;
  }
}

element("token").value = sessionStorage.getItem(KEPT) || "";
form.addEventListener("submit", classify);
// Whether a token is needed, only the server knows.
fillModels().catch(() => element("token").focus());

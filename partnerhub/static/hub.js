// What pages do beyond htmx: nothing typed is lost, states in words, sums as one types, a grid that moves like a spreadsheet.
// Nothing is kept in the browser's storage: computers are shared.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (name, listener, options) => document.addEventListener(name, listener, options);
const FIGURE = "input.hub-figure";

// ---- News for screen readers, one at a time, saves no more often than every five seconds

let newsTimer = 0, lastSaved = 0;

function announce(text) {
  const region = $("#announce");
  clearTimeout(newsTimer);
  region.textContent = "";
  newsTimer = setTimeout(() => { region.textContent = text; }, 150);
}

function announceSaved(text) {
  if (Date.now() - lastSaved < 5000) return;
  lastSaved = Date.now();
  announce(text);
}

// ---- Saving: one cell at a time. A saver is the element that htmx sends for: an input, or the fieldset of a group

const unsaved = new Map(); // saver -> {sent: text sent last, tries: failures since the last success, stopped: will not be tried again}
let leaving = false;

const isCell = (saver) => Boolean(saver.closest("[data-entry]")) && saver.tagName !== "BUTTON" && saver.type !== "file";
const isAlone = (saver) => /^a\./.test(saver.name ?? "") && !/^(radio|checkbox)$/.test(saver.type);

function fieldsOf(saver) { // the names to send: the cell and its revision, or all of its question
  if (isAlone(saver)) return new Set([saver.name, `r.${saver.name.slice(2)}`]);
  return new Set([saver.name, ...$$("[name]", saver.closest("[data-entry]")).filter((each) => each.type !== "submit").map((each) => each.name)]);
}

function textOf(saver) {
  if (isAlone(saver)) return saver.value;
  return $$("input:checked", saver.closest("[data-entry]")).map((each) => each.name + each.value).join("\n");
}

function stateOf(saver) {
  if (isAlone(saver)) return document.getElementById(`state-${saver.name.slice(2).replace(".", "-")}`);
  return $(".hub-state", saver.closest("[data-entry]"));
}

function say(saver, kind, ...words) { // the hidden revision stays
  const state = stateOf(saver);
  if (!state) return;
  state.className = `hub-state hub-state--${kind}`;
  state.replaceChildren(...words, ...$$("input", state));
}

function typed(saver) {
  const entry = unsaved.get(saver);
  if (entry) entry.stopped = false;
  else unsaved.set(saver, { sent: null, tries: 0, stopped: false });
}

const send = (saver) => window.htmx.trigger(saver, "change");

on("input", ({ target }) => {
  const saver = target.closest("[hx-post]");
  if (!saver || !isCell(saver)) return;
  typed(saver);
  if (target.name.startsWith("n.")) return doesNotApply(target);
  const box = target.value && $("[name^='n.']", target.closest("[data-entry]"));
  if (box && ownAnswers(box).includes(target)) box.checked = false; // an answer: no longer "not applicable"
});

const setAside = new WeakMap(); // the box "not applicable" -> what stood beside it, to come back if the tick was a slip

function ownAnswers(box) { // not the reasons and replies that stand with the question
  const own = `a.${box.name.slice(2)}`, entry = box.closest("[data-entry]");
  return $$("[name^='a.']", entry).filter(({ name }) => name === own || (name.startsWith(`${own}.`) && !/\.(reason|reply)\./.test(name)));
}

function doesNotApply(box) {
  const answers = ownAnswers(box);
  if (box.checked) {
    setAside.set(box, answers.map(({ value, checked }) => ({ value, checked })));
    for (const each of answers) {
      unsaved.delete(each.closest("[hx-post]"));
      put(each, { value: "", checked: false });
    }
  } else setAside.get(box)?.forEach((was, place) => put(answers[place], was));
  refresh(box.closest("[data-entry]"));
}

function put(field, { value, checked }) {
  if (/^(radio|checkbox)$/.test(field.type)) field.checked = checked;
  else field.value = value;
}

on("htmx:configRequest", (event) => {
  const { elt, headers, formData } = event.detail;
  headers["X-CSRFToken"] = $("meta[name=csrf-token]").content;
  if (!elt.closest("[data-entry]")) return;
  if (isCell(elt)) {
    const entry = unsaved.get(elt);
    if (!entry) return event.preventDefault(); // nothing new: a pause in typing has sent it already
    entry.sent = textOf(elt);
    say(elt, "saving", "Saving");
  }
  const wanted = fieldsOf(elt);
  for (const name of new Set(formData.keys())) if (!wanted.has(name)) formData.delete(name);
});

on("htmx:beforeSwap", ({ detail }) => { // refusals and the sign-in part go where the server says
  if (detail.xhr.status >= 400 && detail.xhr.getResponseHeader("HX-Retarget")) detail.shouldSwap = true;
});

on("htmx:afterRequest", ({ detail }) => {
  const saver = detail.requestConfig?.elt ?? detail.elt;
  const status = detail.xhr?.status ?? 0;
  const arrived = (status >= 200 && status < 300) || status === 409 || status === 422;
  if (arrived && !detail.xhr.getResponseHeader("HX-Retarget")) return saved(saver);
  const passing = status === 0 || status === 429 || status >= 500;
  if (isCell(saver)) return passing ? tryAgainLater(saver) : refused(saver, status);
  if (passing && !detail.xhr?.getResponseHeader("HX-Retarget")) showAlert("This did not reach us. Nothing was changed. Check your connection and press it again.");
});

function saved(saver) {
  const entry = unsaved.get(saver);
  if (!entry) return;
  if (entry.sent === textOf(saver)) unsaved.delete(saver);
  else entry.tries = 0;
}

function tryAgainLater(saver) {
  const entry = unsaved.get(saver);
  if (!entry) return;
  const seconds = Math.min(60, 2 ** ++entry.tries);
  say(saver, "failed", "Not saved. We will try again");
  if (entry.tries === 1) announce("Not saved. We will try again. Keep this page open.");
  setTimeout(() => unsaved.has(saver) && !entry.stopped && send(saver), seconds * 1000);
}

function refused(saver, status) {
  const entry = unsaved.get(saver);
  if (!entry) return;
  Object.assign(entry, { stopped: true, tries: 1 });
  const link = Object.assign(document.createElement("a"), { href: "#alerts", className: "govuk-link" });
  link.textContent = status === 401 ? "Sign in to save it" : "See why";
  say(saver, "failed", "Not saved. ", link);
  announce(status === 401 ? "You are signed out. Not saved yet: sign in at the top of the page." : "Not saved. The reason is at the top of the page.");
  if (status === 401) carry();
}

function carry() { // the sign-in form takes along all that is not saved, not only what was sent last
  const form = $("#alerts form");
  const to = form && $("[name=carry_to]", form);
  for (const saver of to ? unsaved.keys() : []) {
    const data = new FormData(saver.closest("form"));
    for (const name of fieldsOf(saver)) {
      if ($$("input", form).some((each) => each.name === `carry.${name}`)) continue;
      for (const value of data.getAll(name)) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: `carry.${name}`, value }));
    }
  }
}

function showAlert(text) {
  const box = Object.assign(document.createElement("p"), { className: "govuk-error-message hub-alert", textContent: text });
  box.setAttribute("role", "alert");
  $("#alerts").replaceChildren(box);
}

window.addEventListener("online", () => { for (const [saver, entry] of unsaved) if (entry.tries && !entry.stopped) send(saver); });

on("visibilitychange", () => { // a phone may never come back to this page
  if (document.hidden) for (const [saver, entry] of unsaved) if (!entry.stopped && entry.sent !== textOf(saver)) send(saver);
});

window.addEventListener("beforeunload", (event) => {
  if (!leaving && [...unsaved.values()].some((entry) => entry.tries)) event.preventDefault();
});

window.addEventListener("pagehide", () => {
  for (const saver of leaving ? [] : unsaved.keys()) {
    const data = new FormData(saver.closest("form")), wanted = fieldsOf(saver);
    for (const name of new Set(data.keys())) if (!wanted.has(name)) data.delete(name);
    const headers = { "X-CSRFToken": $("meta[name=csrf-token]").content, "HX-Request": "true" };
    fetch(saver.getAttribute("hx-post"), { method: "POST", body: new URLSearchParams(data), headers, keepalive: true }).catch(() => {});
  }
});

window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
on("submit", (event) => { leaving = !event.defaultPrevented; setTimeout(() => { leaving = false; }, 4000); });

on("htmx:afterSwap", ({ target, detail }) => {
  const saver = detail.requestConfig?.elt;
  if (saver && target.classList.contains("hub-state")) return cellAnswered(saver, target, detail.xhr.status);
  if (saver?.name === "add_row" || saver?.name === "delete_row") tableAnswered(saver.name, target);
  if (saver?.type === "file" || saver?.name === "remove_file") filesAnswered(saver);
});

function cellAnswered(saver, state, status) {
  const words = state.textContent.trim();
  if (isAlone(saver)) {
    saver.toggleAttribute("aria-invalid", status === 422);
    if (status === 422) saver.setAttribute("aria-invalid", "true");
    saver.classList.toggle(saver.tagName === "TEXTAREA" ? "govuk-textarea--error" : "govuk-input--error", status === 422);
  }
  if (status < 300) announceSaved(words);
  else announce(words.replace(/\s+/g, " "));
}

function tableAnswered(name, table) {
  for (const saver of [...unsaved.keys()].filter((each) => !each.isConnected)) { // typed while the rows were on their way
    const again = document.getElementById(saver.id), { sent } = unsaved.get(saver);
    unsaved.delete(saver);
    if (!again || again.value === saver.value || saver.value === sent) continue;
    again.value = saver.value;
    typed(again);
    send(again);
  }
  const last = $$("tbody tr", table).at(-1);
  (name === "add_row" && last ? $("input:not([type=hidden]), select", last) : $("[name=add_row]", table))?.focus();
  announce(name === "add_row" ? "Row added" : "Row deleted");
  refresh(table);
}

function filesAnswered(saver) { // the button that was pressed is gone with its file, and the box has been emptied
  const question = document.getElementById(saver.closest("[data-entry]")?.id);
  if (!question) return;
  $("input[type=file]", question)?.focus();
  announce($(".govuk-error-message", question)?.textContent ?? (saver.type === "file" ? "File added" : "File removed"));
}

// ---- Questions that come and go with an answer: fetched with their page, put where they belong. What stands there is left as it is

const unitOf = (question) => question.closest("tr") ?? question;
const questionsIn = (root) => $$("[id^='question-']", root);

function putAfter(before, unit, freshTable) { // before: the unit it follows, or undefined; a row needs its table
  const all = $(".hub-questions"), table = before?.closest(".hub-figures");
  const block = before && [...all.children].find((each) => each.contains(before));
  if (unit.tagName === "TR" && table && !table.parentElement.closest(".hub-figures")) return before.after(unit);
  if (unit.tagName === "TR") {
    const made = freshTable.cloneNode(true);
    made.tBodies[0].replaceChildren(unit);
    unit = made;
  }
  if (block) block.after(unit);
  else all.prepend(unit);
}

async function bringQuestions() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const fresh = $(".hub-questions", new DOMParser().parseFromString(await answer.text(), "text/html"));
  if (!fresh) return;
  const wanted = questionsIn(fresh), keys = new Set(wanted.map((each) => each.id));
  const gone = questionsIn($(".hub-questions")).filter((each) => !keys.has(each.id) && ![...unsaved.keys()].some((saver) => each.contains(saver)));
  gone.forEach((each) => unitOf(each).remove());
  let before, come = 0;
  for (const question of wanted) {
    let here = document.getElementById(question.id);
    if (!here) {
      const unit = document.importNode(unitOf(question), true);
      putAfter(before, unit, question.closest(".hub-figures"));
      here = document.getElementById(question.id);
      window.htmx.process(unit);
      refresh(unit);
      come += 1;
    }
    before = unitOf(here);
  }
  if (come || gone.length) announce(come ? "There are more questions below" : "A question is not asked any more");
}

on("hub:asks", bringQuestions);

// ---- A press counts where it began, though saving the box one comes from moves what was pressed before the press ends

let pressed = null; // what the press is on, and where that stood

on("mousedown", ({ target, button }) => {
  const what = button === 0 && unsaved.size && target.closest("button, a[href], label, summary");
  pressed = what ? { what, box: what.getBoundingClientRect() } : null;
});

on("mouseup", ({ target, clientX: x, clientY: y }) => { // where it ends on what was pressed, the browser makes a click of it itself
  const { what, box } = pressed ?? {};
  pressed = null;
  if (!what?.isConnected || what.contains(target) || what.getBoundingClientRect().top === box.top) return;
  if (x >= box.left && x <= box.right && y >= box.top && y <= box.bottom) what.click();
});

// ---- A conflict: the choice is put into the input and saved over the revision now known

on("click", (event) => {
  const button = event.target.closest("[name^='choose.']");
  if (!button) return;
  event.preventDefault();
  const fields = $$(`[name="a.${button.name.slice(7)}"]`, button.form);
  for (const field of fields) {
    if (/^(radio|checkbox)$/.test(field.type)) field.checked = button.dataset.text.split("\n").includes(field.value);
    else field.value = button.dataset.text;
  }
  const saver = fields[0]?.closest("[hx-post]");
  if (!saver) return;
  typed(saver);
  refresh(saver.closest("[data-entry]"));
  (fields.find((field) => field.checked) ?? fields[0]).focus();
  send(saver);
});

// ---- Sums, shares and counts, as the server makes them

const SCALE = 10000n;

function read(text) { // a number times 10,000, or null
  const bare = (text ?? "").replace(/[\s,£]/g, "");
  const found = /^(-?)(\d{1,16})(?:\.(\d{1,4}))?$/.exec(bare);
  return found && BigInt(found[1] + found[2]) * SCALE + BigInt(found[1] + (found[3] ?? "").padEnd(4, "0"));
}

function write(value, money) {
  const size = value < 0n ? -value : value, sign = value < 0n ? "-" : "";
  const rest = String(size % SCALE).padStart(4, "0");
  const decimals = money ? `.${rest.slice(0, 2)}` : `.${rest}`.replace(/\.?0+$/, "");
  return `${sign}${money ? "£" : ""}${(size / SCALE).toLocaleString("en-GB")}${decimals}`;
}

const total = (inputs) => inputs.map((each) => read(each.value)).filter((each) => each !== null).reduce((sum, each) => sum + each, 0n);
const cell = (key) => read(document.getElementById(`cell-${key}`)?.value);

function showSum(element) {
  const inputs = $$(FIGURE, element.closest("[data-entry]")), whole = cell(element.dataset.of), sum = total(inputs);
  const touched = inputs.some((each) => each.value.trim());
  element.textContent = !touched ? "" : whole === null ? write(sum) : `${write(sum)} of ${write(whole)}`;
  element.classList.toggle("hub-shown--equal", touched && sum === whole);
  const waits = sum < whole && inputs.some((each) => !each.value.trim()); // half typed is not wrong yet
  element.classList.toggle("hub-shown--unequal", touched && whole !== null && sum !== whole && !waits);
}

function showShare(element) {
  const number = cell(`${element.dataset.share}-number`), outOf = cell(`${element.dataset.share}-out_of`);
  if (number === null || outOf === null || outOf <= 0n || number < 0n) { element.textContent = ""; return; }
  const tenths = (2000n * number + outOf) / (2n * outOf);
  const few = outOf < 10n * SCALE ? ", based on fewer than 10" : "";
  const percent = tenths % 10n ? `${tenths / 10n}.${tenths % 10n}` : `${tenths / 10n}`;
  element.textContent = `${write(number)} of ${write(outOf)} (${percent}%)${few}`;
}

function showTotal(element) {
  const inputs = $$(`[data-column="${element.dataset.total}"]`, element.closest("[data-entry]"));
  element.textContent = write(total(inputs), element.closest("td").classList.contains("hub-col-money"));
}

function showCount(element) {
  const field = document.getElementById(element.dataset.count);
  if (!field) return;
  const inWords = Boolean(element.dataset.words), limit = Number(element.dataset.words || element.dataset.characters);
  const used = inWords ? (field.value.match(/\S+/g) ?? []).length : [...field.value.replace(/\r\n?/g, "\n").normalize()].length;
  const left = limit - used, unit = (inWords ? "word" : "character") + (Math.abs(left) === 1 ? "" : "s");
  const text = left < 0 ? `${-left} ${unit} too many` : `You have ${left} ${unit} left`;
  element.classList.toggle("hub-count--over", left < 0);
  if (element.textContent === text) return;
  element.textContent = text;
  if (document.activeElement === field && left < limit / 10) announce(text);
}

function refresh(root) {
  $$("[data-sum]", root).forEach(showSum);
  $$("[data-share]", root).forEach(showShare);
  $$("[data-total]", root).forEach(showTotal);
  $$("[data-count]", root).forEach(showCount);
}

on("input", ({ target }) => {
  const entry = target.closest("[data-entry]");
  refresh(entry ?? target.closest(".govuk-form-group") ?? target);
  if (entry) $$(`[data-of="${entry.dataset.entry}"]`).forEach(showSum);
});

const live = (selector, show) => on("htmx:oobAfterSwap", ({ detail: { target } }) => { if (target?.matches?.(selector)) show(target); });
live("[data-share]", showShare); // the server told what was saved; somebody may have typed on
live("[data-sum]", showSum);
live("[data-total]", showTotal);

// ---- The grid moves like a spreadsheet

const isSeen = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;

function rowsAround(input) { // rows of inputs that can be seen, in reading order
  const grid = input.closest(".hub-figures .hub-figures")?.parentElement.closest(".hub-figures") ?? input.closest(".hub-figures, .hub-grid");
  const rows = new Map();
  for (const each of grid ? $$(FIGURE, grid).filter(isSeen) : []) {
    const row = each.closest("tr");
    rows.set(row, [...(rows.get(row) ?? []), each]);
  }
  return [...rows.values()];
}

function place(rows, input) {
  const row = rows.findIndex((each) => each.includes(input));
  return [row, row < 0 ? 0 : rows[row].indexOf(input)];
}

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

on("keydown", (event) => {
  const { target: input, key } = event;
  if (!STEPS[key] || !input.matches?.(FIGURE) || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  const atStart = input.selectionEnd === 0, atEnd = input.selectionStart === input.value.length, all = input.selectionEnd - input.selectionStart === input.value.length;
  if ((key === "ArrowLeft" && !atStart && !all) || (key === "ArrowRight" && !atEnd && !all)) return;
  if (key !== "Enter" && event.shiftKey) return;
  const rows = rowsAround(input), [row, column] = place(rows, input), [down, across] = STEPS[key];
  if (row < 0) return;
  event.preventDefault();
  const there = rows[row + (event.shiftKey ? -down : down)];
  const next = across ? rows[row][column + across] : there?.[Math.min(column, there.length - 1)];
  next?.focus();
  next?.select();
});

on("paste", (event) => {
  const input = event.target, text = event.clipboardData?.getData("text/plain") ?? "";
  if (!input.matches?.(FIGURE) || !/[\t\n\r]/.test(text.trim())) return;
  event.preventDefault();
  const rows = rowsAround(input), [row, column] = place(rows, input);
  let filled = 0;
  text.replace(/[\r\n]+$/, "").split(/\r\n|\r|\n/).forEach((line, down) => line.split("\t").forEach((value, across) => {
    const field = rows[row + down]?.[column + across];
    if (!field) return;
    field.value = value.trim();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    filled += 1;
  }));
  announce(`${filled} cells filled`);
});

// ---- Errors come first, to the eye and to the ear

function showErrors(root) {
  const summary = $(".govuk-error-summary", root);
  if (!summary) return;
  if (!document.title.startsWith("Error: ")) document.title = `Error: ${document.title}`;
  if (!document.activeElement?.matches("input, textarea, select")) summary.focus();
}

on("htmx:afterSettle", ({ target }) => {
  showErrors(target);
  refresh(target);
  $$("[data-without-script]", target).forEach((each) => { each.hidden = true; });
});

// ---- A link to a box leads into it, also where the box is folded away

on("click", (event) => {
  const link = event.target.closest?.('a[href^="#ask-"]'), box = link && document.getElementById(link.hash.slice(1));
  if (!box) return;
  event.preventDefault();
  const folded = box.closest("details");
  if (folded) folded.open = true;
  box.scrollIntoView({ block: "center" });
  box.focus({ preventScroll: true });
});

// ---- Paper

let opened = [];
window.addEventListener("beforeprint", () => { opened = $$("details:not([open])"); opened.forEach((each) => { each.open = true; }); });
window.addEventListener("afterprint", () => opened.forEach((each) => { each.open = false; }));
on("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });

// ---- When the page arrives

$$("[data-print]").forEach((each) => { each.hidden = false; });
$$("[data-without-script]").forEach((each) => { each.hidden = true; });
$$("[data-with-script]").forEach((each) => { each.hidden = false; });
$$("[data-count]").forEach(showCount);
$$("[data-sum]").forEach(showSum);
if ($(".govuk-error-summary")) { showErrors(document); $(".govuk-error-summary").focus(); }

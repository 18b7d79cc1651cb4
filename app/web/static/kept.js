// Marks made while the server cannot be reached: kept in this browser and sent once, by their key.
"use strict";

(() => {
  const NAME = "warmlist.kept";
  const RETRY = 3000;
  const TOO_OLD = 3600 * 1000; // a mark is recorded with the time it arrives
  let sending = false;
  let signedOut = false; // until the next page
  let memory = [];

  const read = () => { try { return JSON.parse(localStorage.getItem(NAME)) ?? []; } catch { return memory; } };
  const write = (kept) => {
    memory = kept;
    try { if (kept.length) localStorage.setItem(NAME, JSON.stringify(kept)); else localStorage.removeItem(NAME); } catch { /* private mode */ }
  };

  const words = (name, count) => {
    const digits = [...document.body.dataset.digits];
    return document.body.dataset[name].replace("#", String(count).replace(/\d/g, (digit) => digits[digit]));
  };

  const say = (text) => {
    document.querySelector(".toast")?.remove();
    const toast = document.createElement("p");
    toast.className = "toast";
    toast.setAttribute("role", "alert");
    toast.textContent = text;
    document.getElementById("main")?.append(toast);
    return toast;
  };

  const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  // The next person's row becomes a card of what is here: who, their words, and the same form.
  const openNext = (item, form) => {
    let next = item.nextElementSibling;
    while (next && !next.querySelector(".row")) next = next.nextElementSibling;
    const row = next?.querySelector(".row");
    if (!row) { document.getElementById("list-h")?.focus(); return; }
    const id = row.id.slice(1);
    const card = document.createElement("article");
    card.className = "open";
    card.id = row.id;
    card.tabIndex = -1;
    card.dataset.item = "";
    card.dataset.fold = "/today?open=none";
    card.setAttribute("aria-labelledby", `p${id}-name`);
    const head = document.createElement("header");
    head.className = "open-head";
    const name = document.createElement("h2");
    name.id = `p${id}-name`;
    name.append(row.querySelector("h3 bdi").cloneNode(true));
    head.append(name);
    const body = document.createElement("div");
    body.className = "open-body";
    const quote = row.querySelector("blockquote");
    if (quote) body.append(quote.cloneNode(true));
    const act = form.cloneNode(true);
    act.querySelector(".act-row > .later:not(.note)")?.remove();
    act.elements.assignment.value = id;
    act.elements.key.value = newKey();
    for (const field of act.querySelectorAll("textarea, [type=date]")) field.value = "";
    for (const busy of act.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
    card.append(head, body, act);
    next.replaceChildren(card);
    window.htmx?.process(card);
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  };

  const keep = (form, submitter) => {
    const body = new URLSearchParams(new FormData(form, submitter)).toString();
    write([...read(), { path: new URL(form.action).pathname, body, at: Date.now() }]);
    const item = form.closest("li");
    const name = item.querySelector("h2 bdi, h2")?.textContent ?? "";
    const line = document.createElement("article");
    line.className = "done kept";
    const who = document.createElement("h3");
    const bdi = document.createElement("bdi");
    bdi.textContent = name;
    who.append(bdi);
    const what = document.createElement("span");
    what.textContent = document.body.dataset.waiting;
    line.append(document.createElement("span"), who, what);
    openNext(item, form);
    item.replaceChildren(line);
    say(words("kept", read().length));
  };

  // Kept marks hold the token of the page they were made on; the browser may have a newer one by now.
  const tokenOf = (page) => page.querySelector("[name=_csrf_token]")?.value;
  const fetchToken = async () => {
    const answer = await fetch("/today");
    return tokenOf(new DOMParser().parseFromString(await answer.text(), "text/html"));
  };

  const post = (mark, token) => {
    const body = new URLSearchParams(mark.body);
    if (token) body.set("_csrf_token", token);
    return fetch(mark.path, { method: "POST", body, redirect: "manual" });
  };

  const send = async () => {
    if (sending || signedOut || !read().length) return;
    sending = true;
    let sent = 0;
    let refused = 0;
    try {
      for (let kept = read(); kept.length; kept = read()) {
        const [first] = kept;
        if (Date.now() - first.at < TOO_OLD) {
          let answer = await post(first, tokenOf(document));
          if (answer.status === 403) answer = await post(first, await fetchToken());
          // signed out meanwhile: the marks wait for whoever made them to sign in
          if (answer.status === 401) { signedOut = true; break; }
          if (answer.status >= 500 || answer.status === 429) break;
          if (answer.status >= 400) refused += 1; else sent += 1;
        } else refused += 1;
        // by what it is: another tab may have sent it meanwhile, and the next one is not sent yet
        write(read().filter((mark) => mark.body !== first.body));
      }
    } catch { /* still away */ }
    sending = false;
    if (sent + refused === 0) return;
    const left = read().length;
    const text = left ? words("kept", left) : refused ? words("refused", refused) : words("sent", sent);
    if (left || !window.htmx || document.activeElement?.matches("textarea, input[type=date]")) { say(text); return; }
    try {
      await window.htmx.ajax("GET", location.pathname, { target: "#main", select: "#main", swap: "outerMorph" });
    } finally { say(text); }
  };

  const unanswered = (ctx) => {
    const form = ctx?.sourceElement;
    if (form?.matches?.("form.act") && form.isConnected) keep(form, ctx.sourceEvent?.submitter);
    else say(document.body.dataset.offline);
  };

  document.addEventListener("htmx:error", (event) => {
    const ctx = event.detail?.ctx;
    if (ctx?.response) say(document.body.dataset.offline);
    else unanswered(ctx);
  });

  // A page that is not ours, such as a proxy's while the server restarts, would leave nothing here.
  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    if (ctx.select !== "#main" || ctx.text.includes('id="main"')) return;
    event.preventDefault();
    unanswered(ctx);
  });

  window.addEventListener("online", send);
  setInterval(send, RETRY);
  if (read().length) { say(words("kept", read().length)); send(); }
})();

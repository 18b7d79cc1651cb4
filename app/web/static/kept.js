// Marks are kept in this browser until they are answered, and each is recorded once, by its key.
// The next card opens at once; the answer brings the ring, the undo and the rest of the card.
"use strict";

(() => {
  const NAME = "warmlist.kept";
  const RETRY = 3000;
  const PATIENCE = 20_000; // for an answer; sent again after it, a mark is still one touch
  const TOO_OLD = 3600 * 1000; // a mark is recorded with the time it arrives
  let sending = false;
  let signedOut = false; // until the next page
  let memory = [];
  let made = 0; // marks on this page
  let overlapped = false; // several were on their way at once, so that no answer knows of all
  const flying = new Map(); // a mark on its way from this page, and the card opened after it
  const me = document.body.dataset.mine; // whose marks these are: others' wait for them

  const read = () => { try { return JSON.parse(localStorage.getItem(NAME)) ?? []; } catch { return memory; } };
  const write = (kept) => {
    memory = kept;
    try { if (kept.length) localStorage.setItem(NAME, JSON.stringify(kept)); else localStorage.removeItem(NAME); } catch { /* private mode */ }
  };

  const mine = () => (me ? read().filter((mark) => mark.of === me) : []);
  // by what it is: another tab may have sent it meanwhile
  const drop = (body) => write(read().filter((mark) => mark.body !== body));
  const itemOf = (body) => document.getElementById(`i${new URLSearchParams(body).get("assignment")}`);

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

  // The first row left becomes a card of what is here: who, their words, and the same form.
  const openNext = (form) => {
    const row = document.querySelector(".people .row");
    if (!row) { document.getElementById("list-h")?.focus(); return; }
    const next = row.parentElement;
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
    act.querySelector(".outcome > .faint")?.remove(); // on the warmth of somebody else
    for (const named of act.querySelectorAll("[id], [for]")) {
      for (const name of ["id", "for"]) if (named.hasAttribute(name)) named.setAttribute(name, named.getAttribute(name).replace(/^p\d+-/, `p${id}-`));
    }
    act.elements.assignment.value = id;
    act.elements.key.value = newKey();
    for (const field of act.querySelectorAll("textarea, [type=date], select")) field.value = "";
    for (const busy of act.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
    card.append(head, body, act);
    next.replaceChildren(card);
    window.htmx?.process(card);
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  };

  const fold = (item, body) => {
    const line = document.createElement("article");
    line.className = "done kept";
    const who = document.createElement("h3");
    const bdi = document.createElement("bdi");
    bdi.textContent = item.querySelector("h2 bdi, h3 bdi")?.textContent ?? "";
    who.append(bdi);
    const what = document.createElement("span");
    what.textContent = flying.has(body) ? document.body.dataset.saving : document.body.dataset.waiting;
    line.append(document.createElement("span"), who, what);
    const form = item.querySelector(".open form.act");
    item.replaceChildren(line);
    if (form) openNext(form);
  };

  // Whoever is marked here is open on no page, even one drawn before the mark arrived.
  const foldKept = () => {
    for (const { body } of mine()) {
      const item = itemOf(body);
      if (item?.querySelector(".row, .open")) fold(item, body);
    }
  };

  // Kept marks hold the token of the page they were made on; the browser may have a newer one by now.
  const tokenOf = (page) => page.querySelector("[name=_csrf_token]")?.value;
  const fetchToday = async () => {
    const answer = await fetch("/today", { signal: AbortSignal.timeout(PATIENCE) });
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  };

  const post = (mark, token) => {
    const body = new URLSearchParams(mark.body);
    if (token) body.set("_csrf_token", token);
    return fetch(mark.path, { method: "POST", body, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
  };

  // Somebody is writing: nothing may be put in the place of what they write in.
  const isBusy = () =>
    Boolean(document.activeElement?.matches("textarea, select, input[type=date]")) ||
    [...document.querySelectorAll(".open textarea")].some((field) => field.value);

  const refresh = (address) =>
    window.htmx.ajax("GET", address, { target: "#main", select: "#main", swap: "outerMorph" });

  const firstKept = () => mine().find((mark) => !flying.has(mark.body));

  const send = async () => {
    if (sending || signedOut || !firstKept()) return;
    sending = true;
    let sent = 0;
    let refused = 0;
    try {
      for (let first = firstKept(); first; first = firstKept()) {
        if (Date.now() - first.at < TOO_OLD) {
          let answer = await post(first, tokenOf(document));
          // signed out meanwhile: the marks wait for whoever made them to sign in
          if (answer.status === 401) { signedOut = true; break; }
          if (answer.status >= 500 || answer.status === 429) break;
          if (answer.status >= 400) {
            const today = await fetchToday();
            // this browser changed hands in another tab
            if (today.body.dataset.mine !== me) { signedOut = true; break; }
            if (answer.status === 403) answer = await post(first, tokenOf(today));
          }
          if (answer.status >= 400) refused += 1; else sent += 1;
        } else refused += 1;
        drop(first.body);
      }
    } catch { /* still away */ }
    sending = false;
    if (sent + refused === 0) return;
    const left = mine().length;
    const text = left ? words("kept", left) : refused ? words("refused", refused) : words("sent", sent);
    if (left || !window.htmx || isBusy()) { say(text); return; }
    try {
      await refresh(location.pathname);
    } finally { say(text); }
  };

  const unanswered = (ctx) => {
    if (!ctx?.mark) { say(document.body.dataset.offline); return; }
    flying.delete(ctx.mark);
    const what = itemOf(ctx.mark)?.querySelector(".kept > span:last-child");
    if (what) what.textContent = document.body.dataset.waiting;
    say(words("kept", mine().length));
  };

  // Of an answer only what it is about, where the rep is elsewhere by now.
  const patch = (ctx) => {
    const page = new DOMParser().parseFromString(ctx.text, "text/html");
    for (const place of ["[aria-labelledby=answer]", "#work > .part-head", `#${itemOf(ctx.mark)?.id}`]) {
      const old = document.querySelector(place);
      const fresh = page.querySelector(place);
      if (old && fresh) { old.replaceChildren(...fresh.childNodes); window.htmx.process(old); } else if (place.startsWith("#i")) old?.remove();
    }
  };

  const isMark = (ctx) => ctx?.sourceElement?.matches?.('form.act[hx-post="/touches"]') && ctx.request.submitter?.value;
  const openId = () => document.querySelector(".open")?.id ?? "";

  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (isMark(ctx)) ctx.request.timeout = `${PATIENCE}ms`;
  });

  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    ctx.made = made;
    const item = ctx.sourceElement?.closest?.("li");
    if (!isMark(ctx) || !item) return;
    made += 1;
    overlapped ||= flying.size > 0;
    ctx.mark = String(ctx.request.body);
    write([...read(), { path: new URL(ctx.request.action, location.href).pathname, body: ctx.mark, of: me, at: Date.now() }]);
    flying.set(ctx.mark, "");
    document.querySelector(".toast")?.remove(); // its undo is of somebody before
    fold(item, ctx.mark);
    flying.set(ctx.mark, openId());
  });

  document.addEventListener("htmx:error", (event) => {
    const ctx = event.detail?.ctx;
    if (ctx?.response && !flying.has(ctx.mark)) say(document.body.dataset.offline);
    else unanswered(ctx);
  });

  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    const { status } = ctx.response;
    // A page that is not ours, such as a proxy's while the server restarts, would leave nothing here.
    const foreign = ctx.select === "#main" && !ctx.text.includes('id="main"');
    if (foreign || (ctx.mark && (status >= 500 || status === 429 || status === 403))) {
      event.preventDefault();
      unanswered(ctx);
      return;
    }
    if (!ctx.mark) {
      // drawn before a mark that was answered meanwhile
      if (/[?&]recorded=/.test(ctx.request.action) && ctx.made !== made) event.preventDefault();
      return;
    }
    const opened = flying.get(ctx.mark);
    flying.delete(ctx.mark);
    if (status === 401) return; // kept until they sign in
    drop(ctx.mark);
    if (status >= 400) return;
    const moved = opened !== openId() || isBusy();
    if (!flying.size && !overlapped && !moved) {
      ctx.channel = document.querySelector(".open .seg input:checked")?.dataset.key;
      return;
    }
    event.preventDefault();
    patch(ctx);
    if (flying.size) return;
    overlapped = false;
    if (!moved) refresh(ctx.response.raw.url);
  });

  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    const radio = ctx.channel && document.querySelector(`.open [data-key="${ctx.channel}"]`);
    if (radio) radio.checked = true;
    foldKept();
  });

  // The second press of a double click would mark whoever opened under it.
  document.addEventListener("click", (event) => {
    if (event.detail > 1 && event.target.closest?.("form.act button")) event.preventDefault();
  }, true);

  window.addEventListener("online", send);
  setInterval(send, RETRY);
  foldKept();
  if (mine().length) { say(words("kept", mine().length)); send(); }
})();

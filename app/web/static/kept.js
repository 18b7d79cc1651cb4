// What a rep does with somebody is kept in this browser until it is answered: a mark, putting off,
// handing back, and taking any of these back. A mark is recorded once, by its key; the others change
// nothing the second time. They are sent in the order in which they were made. The next card opens at
// once; the answer brings the ring, the undo and the rest of the card.
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
  const flying = new Map(); // what is on its way from this page, and the card opened after it
  const me = document.body.dataset.mine; // whose marks these are: others' wait for them

  const read = () => { try { return JSON.parse(localStorage.getItem(NAME)) ?? []; } catch { return memory; } };
  const write = (kept) => {
    memory = kept;
    try { if (kept.length) localStorage.setItem(NAME, JSON.stringify(kept)); else localStorage.removeItem(NAME); } catch { /* private mode */ }
  };

  const mine = () => (me ? read().filter((mark) => mark.of === me) : []);
  // by what it is: another tab may have sent it meanwhile
  const drop = (id) => write(read().filter((mark) => idOf(mark) !== id));
  const idOf = (mark) => mark.id ?? mark.body; // kept by an earlier version: a mark's body holds its key
  const itemOf = (mark) => {
    const assignment = new URLSearchParams(mark.body).get("assignment") ?? /^\/assignments\/(\d+)\//.exec(mark.path)?.[1];
    return document.getElementById(mark.item ?? `i${assignment}`);
  };
  const isUndo = (mark) => mark.path.endsWith("/undo");

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

  // The first row left becomes a card of what is here: who, their words, and the same forms.
  const openNext = (last) => {
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
    const forms = [...last.querySelectorAll("form")].map((form) => form.cloneNode(true));
    const act = forms.find((form) => form.matches(".act"));
    act.querySelector(".outcome > .faint")?.remove(); // on the warmth of somebody else
    for (const form of forms) {
      for (const named of [form, ...form.querySelectorAll("*")]) {
        for (const about of ["id", "for", "form"]) if (named.hasAttribute(about)) named.setAttribute(about, named.getAttribute(about).replace(/^p\d+-/, `p${id}-`));
        for (const where of ["action", "hx-post"]) if (named.hasAttribute(where)) named.setAttribute(where, named.getAttribute(where).replace(/^\/assignments\/\d+\//, `/assignments/${id}/`));
        if (named.matches("details")) named.open = false;
        named.removeAttribute("aria-busy");
      }
    }
    act.elements.assignment.value = id;
    act.elements.key.value = newKey();
    for (const field of act.querySelectorAll("textarea, [type=date], select")) field.value = "";
    card.append(head, body, ...forms);
    next.replaceChildren(card);
    window.htmx?.process(card);
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  };

  const fold = (item, mark) => {
    const line = document.createElement("article");
    line.className = "done kept";
    const who = document.createElement("h3");
    const bdi = document.createElement("bdi");
    bdi.textContent = item.querySelector("h2 bdi, h3 bdi")?.textContent ?? "";
    who.append(bdi);
    const what = document.createElement("span");
    what.textContent = flying.has(idOf(mark)) ? document.body.dataset.saving : document.body.dataset.waiting;
    line.append(document.createElement("span"), who, what);
    const card = item.querySelector(".open");
    item.replaceChildren(line);
    if (card?.querySelector("form.act")) openNext(card);
    if (!flying.has(idOf(mark))) offerUndo(line, mark);
  };

  // What waits here may have arrived with its answer lost, so that taking it back is sent after it.
  const offerUndo = (line, mark) => {
    if (isUndo(mark) || line.querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link";
    button.dataset.key = "undo";
    button.textContent = document.body.dataset.undo;
    button.setAttribute("aria-label", `${document.body.dataset.undo} ${line.querySelector("bdi").textContent}`);
    button.addEventListener("click", () => takeBack(line, mark));
    line.append(button);
  };

  const takeBack = (line, mark) => {
    const given = new URLSearchParams(mark.body);
    const key = given.get("key");
    const body = new URLSearchParams({ _csrf_token: given.get("_csrf_token") ?? "", ...(key && { key }) });
    const path = key ? "/touches/undo" : `${mark.path}/undo`;
    keep({ path, body: String(body), item: line.parentElement.id });
    line.querySelector("button").remove();
    line.querySelector("span:last-of-type").textContent = document.body.dataset.takenBack;
    say(words("kept", mine().length));
    (document.querySelector(".open") ?? document.getElementById("list-h"))?.focus({ preventScroll: true });
  };

  const keep = (mark) => {
    const kept = { ...mark, id: newKey(), of: me, at: Date.now() };
    write([...read(), kept]);
    return kept;
  };

  // Whoever is marked here is open on no page, even one drawn before the mark arrived.
  const foldKept = () => {
    for (const mark of mine()) {
      const item = isUndo(mark) ? null : itemOf(mark);
      if (item?.querySelector(".row, .open")) fold(item, mark);
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

  const firstKept = () => mine().find((mark) => !flying.has(idOf(mark)));

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
        drop(idOf(first));
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
    const { mark } = ctx;
    flying.delete(idOf(mark));
    const line = itemOf(mark)?.querySelector(".kept");
    if (line && !isUndo(mark)) {
      line.querySelector("span:last-of-type").textContent = document.body.dataset.waiting;
      offerUndo(line, mark);
    }
    if (isUndo(mark)) ctx.sourceElement?.remove(); // it is kept once
    say(words("kept", mine().length));
  };

  // Of an answer only what it is about, where the rep is elsewhere by now.
  const patch = (ctx) => {
    const page = new DOMParser().parseFromString(ctx.text, "text/html");
    for (const place of ["[aria-labelledby=answer]", "#work > .part-head", `#${itemOf(ctx.mark)?.id ?? "i"}`]) {
      const old = document.querySelector(place);
      const fresh = page.querySelector(place);
      if (old && fresh) { old.replaceChildren(...fresh.childNodes); window.htmx.process(old); } else if (place.startsWith("#i")) old?.remove();
    }
  };

  const KEPT = /^(\/touches\/\d+\/undo|\/assignments\/\d+\/(later|hand-back)(\/undo)?)$/;
  const isMark = (ctx) => {
    const form = ctx?.sourceElement;
    if (!form?.matches?.("form[hx-post]")) return false;
    const path = form.getAttribute("hx-post");
    return path === "/touches" ? Boolean(ctx.request.submitter?.value) : KEPT.test(path);
  };
  const openId = () => document.querySelector(".open")?.id ?? "";

  document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
    if (isMark(ctx)) ctx.request.timeout = `${PATIENCE}ms`;
  });

  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    ctx.made = made;
    if (!isMark(ctx)) return;
    const item = ctx.sourceElement.closest("li");
    made += 1;
    overlapped ||= flying.size > 0;
    ctx.mark = keep({
      path: new URL(ctx.request.action, location.href).pathname, body: String(ctx.request.body), item: item?.id,
    });
    flying.set(ctx.mark.id, "");
    if (!isUndo(ctx.mark)) {
      document.querySelector(".toast")?.remove(); // its undo is of somebody before
      if (item) fold(item, ctx.mark);
    }
    flying.set(ctx.mark.id, openId());
  });

  document.addEventListener("htmx:error", (event) => {
    const ctx = event.detail?.ctx;
    if (ctx?.response && !flying.has(ctx.mark?.id)) say(document.body.dataset.offline);
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
    const opened = flying.get(ctx.mark.id);
    flying.delete(ctx.mark.id);
    if (status === 401) return; // kept until they sign in
    drop(ctx.mark.id);
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

  // The second press of a double click would mark whoever opened under it. Where the first met no
  // button, as the page was still moving, the second is the one that was meant.
  let acted = false;
  document.addEventListener("click", (event) => {
    const onButton = Boolean(event.target.closest?.("form.act button"));
    if (event.detail > 1 && onButton && acted) event.preventDefault();
    acted = onButton || (event.detail > 1 && acted);
  }, true);

  window.addEventListener("online", send);
  setInterval(send, RETRY);
  foldKept();
  if (mine().length) { say(words("kept", mine().length)); send(); }
})();

// Keys, focus and messages. Every page works without it.
"use strict";

(() => {
  const root = document.documentElement;
  const KEYS_OFF = "warmlist.keys-off";
  const DIGITS = { "٠": "0", "١": "1", "٢": "2", "٣": "3", "٤": "4", "٥": "5", "٦": "6", "٧": "7", "٨": "8", "٩": "9" };
  const JUDGING = { y: "yes", n: "no", s: "skip", k: "back" };
  const CHANNELS = ["call", "email", "message", "meeting"];
  const letters = JSON.parse(document.body.dataset.letters || "{}");
  const ofUser = "user" in document.body.dataset;

  const stored = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const store = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private mode */ } };
  // somebody signed in keeps the choice with the account, others with the browser
  let keysOn = ofUser ? document.body.dataset.keys !== "off" : stored(KEYS_OFF) === null || stored(KEYS_OFF) === "no";

  const show = () => root.classList.toggle("keys-on", keysOn);
  root.classList.add("js");
  show();

  const card = () => document.querySelector(".open");
  const items = () => [...document.querySelectorAll("[data-item]")].filter((item) => item.matches(".open, .row"));
  const grip = (item) => (item.matches(".open") ? item : item.querySelector("h3 a"));

  const focus = (element) => {
    if (!element) return;
    element.focus({ preventScroll: true });
    (element.closest("article") || element).scrollIntoView({ block: "nearest" });
  };

  const move = (step) => {
    const all = items();
    if (!all.length) return;
    const here = all.findIndex((item) => item.contains(document.activeElement));
    // with the focus elsewhere, the open card is where a rep is
    const from = here >= 0 ? here : all.findIndex((item) => item.matches(".open")) - (step > 0 ? 1 : 0);
    focus(grip(all[Math.min(all.length - 1, Math.max(0, from + step))]));
  };

  let folded = ""; // the card being folded, whose row the rep stays at

  const go = (address) => {
    if (window.htmx) window.htmx.ajax("GET", address, { target: "#main", select: "#main", swap: "outerMorph" });
    else location.assign(address);
  };

  const choose = (channel) => {
    const radio = card()?.querySelector(`[data-key="${channel}"]`);
    if (!radio) return;
    radio.checked = true;
    radio.focus({ preventScroll: true });
  };

  const mark = (digit) => {
    const open = card();
    const button = open?.querySelector(`[data-digit="${digit}"]`);
    if (!button) return;
    if (open.querySelector(".seg input:checked")) button.click();
    else focus(open.querySelector(".seg input"));
  };

  const openMenu = (name) => {
    const menu = card()?.querySelector(`[data-menu="${name}"]`);
    if (!menu) return;
    closeMenus(menu);
    menu.open = true;
    menu.querySelector("ul button, ul input")?.focus({ preventScroll: true });
  };

  const showKeys = () => {
    const dialog = document.getElementById("all-keys");
    if (!dialog) return;
    dialog.querySelector("[data-keys-switch]").checked = keysOn;
    dialog.showModal();
  };

  // A letter by what it writes or, on an Arabic keyboard, by where it stands.
  const letterOf = (event) => {
    if (/^[a-z]$/i.test(event.key)) return event.key.toLowerCase();
    const place = /^Key([A-Z])$/.exec(event.code || "");
    return place && !/^[\x20-\x7e]$/.test(event.key) ? place[1].toLowerCase() : "";
  };

  // What the key does for this reader; a sign of another keyboard counts as ours.
  const SIGNS = { "؟": "?", "÷": "/" };
  const actionOf = (event) => {
    const key = event.key.toLowerCase();
    const typed = [key, SIGNS[event.key], letterOf(event)];
    return Object.keys(letters).find((action) => typed.includes(letters[action])) || "";
  };

  const search = () => {
    const field = document.getElementById("q");
    if (field) { field.focus(); field.select(); } else location.assign("/search");
  };

  const isField = (target) =>
    target.isContentEditable || target.matches("textarea, select, input:not([type=radio], [type=checkbox])");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (isField(target) || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") {
      const open = document.querySelector("details.menu[open]");
      closeMenus();
      if (open?.contains(target)) open.querySelector("summary").focus({ preventScroll: true });
      return;
    }
    if (!keysOn || event.repeat) return;
    const digit = DIGITS[event.key] || (/^[0-9]$/.test(event.key) ? event.key : "");
    if (digit && card()) { event.preventDefault(); mark(digit); return; }
    if (event.key === "Enter" && target.matches(".seg input")) { event.preventDefault(); return; }
    if (event.key === "Enter" && target.matches(".open")) { event.preventDefault(); folded = target.id; go(target.dataset.fold); return; }
    const letter = letterOf(event);
    if (letter in JUDGING && document.querySelector("[data-judge]")) {
      event.preventDefault();
      document.querySelector(`[data-judge] [data-key=${JUDGING[letter]}]`)?.click();
      return;
    }
    const action = actionOf(event);
    if (!action) return;
    if (action === "help") { event.preventDefault(); showKeys(); return; }
    if (action === "search") { event.preventDefault(); search(); return; }
    if (action === "next" || action === "previous") { event.preventDefault(); move(action === "next" ? 1 : -1); return; }
    if (CHANNELS.includes(action)) { event.preventDefault(); choose(action); return; }
    if (action === "snooze" || action === "back") { event.preventDefault(); openMenu(action); return; }
    if (action === "original") { event.preventDefault(); card()?.querySelector("[data-key=original]")?.click(); return; }
    if (action === "undo") {
      event.preventDefault();
      // while one is being saved there is no undoing it, and the one before is not meant
      const kept = [...document.querySelectorAll(".done.kept")];
      const last = kept.length ? kept.at(-1).querySelector("[data-key=undo]") : document.querySelector(".toast [data-key=undo]") ?? document.querySelector(".done [data-key=undo]");
      last?.click();
    }
  });

  document.addEventListener("change", (event) => {
    if (!(event.target instanceof Element) || !event.target.matches("[data-keys-switch]")) return;
    keysOn = event.target.checked;
    if (ofUser) {
      const token = document.querySelector("input[name=_csrf_token]")?.value || "";
      fetch("/account/keys/switch", { method: "POST", body: new URLSearchParams({ _csrf_token: token, on: keysOn ? "yes" : "" }) })
        .catch(() => { /* the page says so once something else is sent */ });
    } else store(KEYS_OFF, keysOn ? "no" : "yes");
    show();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("button[data-key=help]")) showKeys();
  });

  // The pressed button says that it works; the sheet keeps its width, so that nothing moves.
  const busy = (event, text) => {
    const button = event.detail?.ctx?.request?.submitter;
    if (!button) return;
    if (text) { button.dataset.busy = text; button.setAttribute("aria-busy", "true"); }
    else button.removeAttribute("aria-busy");
  };

  document.addEventListener("htmx:before:request", (event) => busy(event, document.body.dataset.saving));
  document.addEventListener("htmx:finally:request", (event) => busy(event, ""));

  document.addEventListener("htmx:after:swap", () => {
    const field = document.querySelector("[data-focus]");
    const row = folded ? document.getElementById(folded) : null;
    folded = "";
    focus(field || card() || (row?.matches(".row") && grip(row)) || document.getElementById("list-h"));
    hideLater();
  });

  // One menu at a time; a click elsewhere or Esc closes it.
  const closeMenus = (but) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== but) menu.open = false;
  };

  document.addEventListener("click", (event) => closeMenus(event.target.closest?.("details.menu")));

  // Eight seconds, unless somebody is reading it.
  let timer = 0;
  const hideLater = () => {
    clearTimeout(timer);
    const toast = document.querySelector(".toast[role=status]");
    if (!toast) return;
    const wait = () => { timer = setTimeout(() => (toast.matches(":hover, :focus-within") ? wait() : toast.remove()), 8000); };
    wait();
  };
  hideLater();

  // A page that waits for something looks again by itself.
  const again = document.querySelector("[data-again]");
  if (again) setTimeout(() => location.replace(again.href), 1000 * again.dataset.again);

  // The browser knows its time zone; whoever fills in the form corrects it.
  const zones = document.querySelector("select[data-zone]");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zones && zones.value === "UTC" && [...zones.options].some((one) => one.value === zone)) zones.value = zone;

  focus(document.querySelector("[data-judge]"));

  if (/[?&](recorded|undone|later|handed|taken)=/.test(location.search)) {
    history.replaceState(history.state, "", location.pathname);
    if (!document.querySelector("[autofocus]")) focus(card() || document.getElementById("list-h"));
  }
})();

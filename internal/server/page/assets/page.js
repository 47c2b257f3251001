// Keeps the page as it would be if it were reloaded, and tells when a vault becomes Active. The page works without it.
"use strict";

(() => {
  const find = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  // Copying

  const copied = (button, text) => {
    const label = button.dataset.label ?? (button.dataset.label = button.textContent);
    button.textContent = text;
    say(text);
    clearTimeout(button.timer);
    button.timer = setTimeout(() => { button.textContent = label; }, 2000);
  };

  const copy = async (button) => {
    const from = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(from.textContent);
      copied(button, "Copied");
    } catch {
      // No permission, or no secure connection: select the text, so that the reader can copy it.
      getSelection().selectAllChildren(from);
      copied(button, document.execCommand("copy") ? "Copied" : "Selected");
    }
  };

  const prepare = (from) => {
    for (const button of all("[data-copy]", from)) button.hidden = false;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
  });

  // Notifications

  const notices = find("[data-notice-list]");
  const mostNotices = 4;

  // say tells users of screen readers what others see happen elsewhere on the page.
  const say = (text) => {
    const spoken = document.createElement("p");
    spoken.className = "spoken";
    spoken.textContent = text;
    notices.append(spoken);
    setTimeout(() => spoken.remove(), 3000);
  };

  const shape = (name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", "#icon-" + name);
    svg.setAttribute("aria-hidden", "true");
    svg.append(use);
    return svg;
  };

  const notify = (vault) => {
    const notice = document.createElement("div");
    const text = document.createElement("p");
    const link = document.createElement("a");
    const dismiss = document.createElement("button");
    notice.className = "notice";
    link.href = vault.url;
    link.textContent = vault.name;
    text.append("Vault ", link, " is Active");
    dismiss.type = "button";
    dismiss.textContent = "Dismiss";
    dismiss.setAttribute("aria-label", "Dismiss: " + text.textContent);
    dismiss.addEventListener("click", () => notice.remove());
    notice.append(shape("active"), text, dismiss);
    notices.append(notice);
    for (const old of all(".notice", notices).slice(0, -mostNotices)) old.remove();
    if (granted()) new Notification("Vault " + vault.name + " is Active", { tag: vault.id });
  };

  const granted = () => "Notification" in window && Notification.permission === "granted";
  const ask = find("[data-notify]");
  if ("Notification" in window && Notification.permission === "default" && isSecureContext) {
    ask.hidden = false;
    ask.addEventListener("click", async () => {
      if (await Notification.requestPermission() !== "default") ask.hidden = true;
    });
  }

  // States: a vault becomes Active by an event, or, when the connection was lost meanwhile, from one reading of the page to
  // the next; whichever is first tells.

  const shown = new Map(); // what the page said last
  const told = new Set(); // vaults that were told to be Active
  const tell = (vault) => {
    const key = vault.id.toLowerCase();
    if (!told.has(key)) notify(vault);
    told.add(key);
  };
  const learnFromEvent = (vault) => {
    // One that is made in no time is never seen as it is created.
    const isNew = vault.before === undefined || vault.before === "Creating";
    if (vault.state === "Active" && isNew) tell(vault);
    if (vault.state === "Creating" || vault.state === "Gone") told.delete(vault.id.toLowerCase());
  };
  const learnFromPage = () => {
    for (const e of all("[data-vault]")) {
      const vault = { id: e.dataset.vault, name: e.dataset.name, url: e.dataset.url ?? location.pathname };
      if (shown.get(vault.id) === "Creating" && e.dataset.state === "Active") tell(vault);
      shown.set(vault.id, e.dataset.state);
    }
  };

  // Refreshing: the page is read again, and the parts that differ are replaced.

  const keep = (old, fresh) => {
    for (const details of all("details[id]", old)) {
      const same = fresh.querySelector("#" + CSS.escape(details.id));
      if (same) same.open = details.open;
    }
    for (const field of all("input[id], select[id]", old)) {
      const same = fresh.querySelector("#" + CSS.escape(field.id));
      if (same && (field === document.activeElement || field.value !== original.get(field))) same.value = field.value;
    }
  };
  const original = new WeakMap();
  const remember = (from) => {
    for (const field of all("input[id], select[id]", from)) original.set(field, field.value);
  };

  // place finds an element again in the page that takes the place of this one.
  const place = (e) => {
    if (!e || e === document.body) return null;
    if (e.id) return "#" + CSS.escape(e.id);
    if (e.dataset.copy) return `[data-copy="${CSS.escape(e.dataset.copy)}"]`;
    if (e.tagName === "SUMMARY" && e.parentElement.id) return `#${CSS.escape(e.parentElement.id)} > summary`;
    if (e.hasAttribute("href")) return `a[href="${CSS.escape(e.getAttribute("href"))}"]`;
    return null;
  };

  const replace = (old, fresh) => {
    const focus = old.contains(document.activeElement) ? place(document.activeElement) : null;
    const stateOf = new Map(all("tr[data-vault]", old).map((row) => [row.dataset.vault, row.dataset.state]));
    keep(old, fresh);
    prepare(fresh);
    old.replaceWith(fresh);
    remember(fresh);
    for (const row of all("tr[data-vault]", fresh)) {
      if (stateOf.has(row.dataset.vault) && stateOf.get(row.dataset.vault) !== row.dataset.state) row.classList.add("changed");
    }
    if (focus) find(focus, fresh)?.focus({ preventScroll: true });
  };

  // Not location.href, in which some browsers keep the password of the address; fetch refuses such addresses.
  const here = location.origin + location.pathname + location.search;
  const sources = new Map(); // what the server sent for each part, before this script touched it
  let busy = false, again = false;
  const refresh = async () => {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const response = await fetch(here, { headers: { Accept: "text/html" } });
      if (response.status === 404) { location.reload(); return; }
      if (!response.ok) return;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const old of all("[data-live]")) {
        const fresh = page.getElementById(old.id);
        if (!fresh || fresh.outerHTML === sources.get(old.id)) continue;
        sources.set(old.id, fresh.outerHTML);
        replace(old, document.adoptNode(fresh));
      }
      learnFromPage();
      const time = find(".foot", page);
      if (time) find(".foot").replaceWith(document.adoptNode(time));
    } catch {
      // The stream of events says that the connection is lost, and comes back with it.
    } finally {
      busy = false;
      if (again) { again = false; soon(); }
    }
  };
  let timer;
  const soon = () => { clearTimeout(timer); timer = setTimeout(refresh, 100); };

  // Events

  const live = find("[data-live-state]");
  const show = (state, text) => {
    live.hidden = false;
    live.dataset.liveState = state;
    find("[data-live-text]").textContent = text;
  };

  let stream = null;
  const connect = () => {
    if (stream) return;
    show("connecting", "Connecting");
    stream = new EventSource(location.origin + document.body.dataset.events);
    stream.addEventListener("hello", () => { show("live", "Live"); soon(); });
    stream.addEventListener("vault", (event) => { learnFromEvent(JSON.parse(event.data)); soon(); });
    stream.addEventListener("contents", (event) => {
      const id = JSON.parse(event.data).id.toLowerCase();
      if (all("[data-vault]").some((e) => e.dataset.vault.toLowerCase() === id)) soon();
    });
    stream.addEventListener("error", () => {
      show("connecting", "Reconnecting");
      // Most losses the browser repairs itself; a refusal it does not.
      if (stream.readyState === EventSource.CLOSED) {
        stream = null;
        setTimeout(connect, 10000);
      }
    });
  };
  const disconnect = () => { stream?.close(); stream = null; };

  for (const part of all("[data-live]")) sources.set(part.id, part.outerHTML);
  prepare(document);
  remember(document);
  learnFromPage();
  if (document.body.dataset.events) {
    // A page that nobody sees needs no stream, of which browsers allow few, unless the reader wants notifications.
    const follow = () => { if (document.hidden && !granted()) disconnect(); else connect(); };
    document.addEventListener("visibilitychange", follow);
    addEventListener("pagehide", disconnect);
    addEventListener("pageshow", follow);
    follow();
  }
})();

// Keeps a page of zmq_exporter up to date: it listens to changes of state, fetches the part of the page that changes, and puts in what is
// different, so that focus, scroll position and open details stay. Without it the pages show the same, as of when they were loaded.
"use strict";
(() => {
  const everyMs = 5000; // fetched this often while nothing changes
  const leastMs = 1000; // and no more often than this while everything does
  const staleMs = 15000; // as old as this, the page says so
  const announceMs = 5000; // a screen reader hears of changes no more often

  const status = document.getElementById("status");
  const announcer = document.getElementById("announcer");
  let stream = null;
  let timer = 0;
  let busy = false;
  let wanted = false;
  let lastStart = 0;
  let lastGood = Date.now();
  let failed = false;
  let skew = 0; // how far our clock is ahead of the exporter's
  let changes = [];
  let announceTimer = 0;

  const span = ms => {
    const s = Math.max(0, Math.floor(ms / 1000));
    if (s < 60) return s + " s";
    const min = Math.floor(s / 60);
    if (min < 60) return min + " min";
    const h = Math.floor(min / 60);
    if (h < 48) return min % 60 ? h + " h " + min % 60 + " min" : h + " h";
    return Math.floor(h / 24) + " d";
  };

  const zone = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

  // Moments in the reader's zone, with UTC in the title; and durations that go on.
  const showTimes = root => {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const at = new Date(time.getAttribute("datetime"));
      if (Number.isNaN(at.getTime())) continue;
      const passed = Date.now() - skew - at.getTime();
      const words = time.className === "ago" ? span(passed) + " ago" : time.className === "for" ? "for " + span(passed) : zone.format(at);
      if (time.textContent !== words) time.textContent = words;
      const utc = time.dataset.utc || time.title;
      time.dataset.utc = utc;
      time.title = time.className === "at" ? utc : zone.format(at) + " (" + utc + ")";
    }
  };

  const keyOf = node => node.nodeType === Node.ELEMENT_NODE ? node.id || node.getAttribute("data-key") || node.getAttribute("aria-labelledby") || "" : "";

  // Which nodes can become each other: those of one key, or those of one name without a key. The space between elements is made again at any time.
  const kindOf = node => keyOf(node) || (node.nodeType === Node.TEXT_NODE && !node.data.trim() ? "blank" : node.nodeName);

  // Makes one node like another, and moves or replaces as little as it can.
  const morph = (from, to) => {
    if (from.isEqualNode(to)) return;
    if (from.nodeType !== Node.ELEMENT_NODE) {
      from.nodeValue = to.nodeValue;
      return;
    }
    for (const { name } of [...from.attributes]) {
      if (!to.hasAttribute(name) && !(name === "open" && from.nodeName === "DETAILS")) from.removeAttribute(name);
    }
    for (const { name, value } of to.attributes) {
      if (from.getAttribute(name) !== value && !(name === "open" && from.nodeName === "DETAILS")) from.setAttribute(name, value);
    }
    const keyed = new Map();
    for (const child of from.childNodes) {
      if (keyOf(child)) keyed.set(keyOf(child), child);
    }
    const wanted = new Map(); // how many of each kind are still to come
    for (const next of to.childNodes) wanted.set(kindOf(next), (wanted.get(kindOf(next)) || 0) + 1);
    let place = from.firstChild;
    for (const next of [...to.childNodes]) {
      const kind = kindOf(next);
      // What stands in the way and is not wanted any more goes, so that what follows it stays: open tables, what has the focus.
      while (place && kindOf(place) !== kind && (kindOf(place) === "blank" || !wanted.get(kindOf(place)))) {
        const after = place.nextSibling;
        keyed.delete(keyOf(place));
        place.remove();
        place = after;
      }
      wanted.set(kind, wanted.get(kind) - 1);
      const key = keyOf(next);
      const have = key ? keyed.get(key) : place && kindOf(place) === kind ? place : null;
      if (!have || have.nodeName !== next.nodeName) {
        from.insertBefore(document.importNode(next, true), place);
        continue;
      }
      if (key) keyed.delete(key);
      if (have === place) place = place.nextSibling;
      else from.insertBefore(have, place);
      morph(have, next);
    }
    while (place) {
      const after = place.nextSibling;
      place.remove();
      place = after;
    }
  };

  const show = (state, words) => {
    if (!status) return;
    status.hidden = false;
    status.dataset.state = state;
    if (status.textContent !== words) status.textContent = words;
  };

  const showStatus = () => {
    const age = Date.now() - lastGood;
    if (age > staleMs) show("stale", "stale since " + new Date(lastGood).toLocaleTimeString());
    else if (failed || (stream && stream.readyState !== EventSource.OPEN)) show("reconnecting", "reconnecting");
    else show("live", "live");
  };

  const refresh = async () => {
    if (busy || document.hidden) {
      wanted = true;
      return;
    }
    const wait = lastStart + leastMs - Date.now();
    if (wait > 0) {
      plan(wait);
      return;
    }
    busy = true;
    wanted = false;
    lastStart = Date.now();
    try {
      const url = new URL(location.href);
      url.searchParams.set("fragment", "1");
      url.hash = "";
      const answer = await fetch(url, { cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(10000) });
      if (!answer.ok && answer.status !== 404) throw new Error(answer.statusText);
      const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
      const live = document.getElementById("live");
      if (!next || !live) throw new Error("not our page");
      const now = Date.parse(next.dataset.now);
      if (!Number.isNaN(now)) skew = Date.now() - now;
      showTimes(next);
      const focus = document.activeElement;
      const [x, y] = [scrollX, scrollY];
      morph(live, next);
      if (focus && focus !== document.activeElement && focus.isConnected) focus.focus({ preventScroll: true });
      if (scrollX !== x || scrollY !== y) scrollTo(x, y);
      if (next.dataset.title) document.title = next.dataset.title;
      lastGood = Date.now();
      failed = false;
    } catch {
      failed = true; // the status says how old the page is
    } finally {
      busy = false;
    }
    showStatus();
    plan(wanted ? leastMs : everyMs);
  };

  const plan = ms => {
    clearTimeout(timer);
    timer = setTimeout(refresh, ms);
  };

  const isShown = change => {
    const own = document.body.dataset.target;
    if (own !== undefined) return own === change.target + "/" + change.module;
    return [...document.querySelectorAll("#live tr[data-key]")].some(row => row.dataset.key === change.target + "/" + change.module);
  };

  // One sentence for a few changes, a number for many.
  const announce = () => {
    announceTimer = 0;
    const shown = changes.filter(isShown);
    changes = [];
    if (!announcer || shown.length === 0) return;
    announcer.textContent = shown.length <= 3
      ? shown.map(change => change.target + " " + change.module + " is " + change.after).join(". ") + "."
      : shown.length + " changes of state.";
  };

  const listen = () => {
    if (stream) stream.close();
    stream = new EventSource(document.body.dataset.events);
    stream.onopen = showStatus;
    stream.onerror = () => {
      showStatus();
      // It tries again by itself unless the answer was an error; then we do.
      if (stream && stream.readyState === EventSource.CLOSED) stream = null;
    };
    stream.addEventListener("state", event => {
      try {
        changes.push(JSON.parse(event.data));
      } catch {
        return;
      }
      if (!announceTimer) announceTimer = setTimeout(announce, announceMs);
      refresh();
    });
  };

  const start = () => {
    if (document.hidden || !document.getElementById("live") || !document.body.dataset.events) return;
    lastGood = Math.max(lastGood, Date.now() - everyMs);
    listen();
    refresh();
  };

  const stop = () => {
    clearTimeout(timer);
    if (stream) stream.close();
    stream = null;
    show("paused", "paused");
  };

  document.addEventListener("visibilitychange", () => document.hidden ? stop() : start());
  setInterval(() => {
    if (document.hidden) return;
    showTimes(document);
    showStatus();
    if (!stream && document.body.dataset.events) listen();
  }, 10000);

  // A form sends empty fields, too; without them a shared address is shorter.
  const filters = document.getElementById("filters");
  if (filters) {
    filters.addEventListener("submit", () => {
      const empty = [...filters.elements].filter(field => field.name && !field.value);
      for (const field of empty) field.disabled = true;
      setTimeout(() => {
        for (const field of empty) field.disabled = false;
      });
    });
  }

  // A link to a probe leads into a table that is closed.
  const idOf = hash => {
    try {
      return decodeURIComponent(hash.slice(1));
    } catch {
      return ""; // somebody wrote a % that means nothing
    }
  };
  const linked = document.getElementById(idOf(location.hash));
  const closed = linked && linked.closest("details");
  if (closed) {
    closed.open = true;
    linked.scrollIntoView({ block: "center" });
  }

  const live = document.getElementById("live");
  if (live && live.dataset.now) skew = Date.now() - Date.parse(live.dataset.now);
  showTimes(document);
  start();
})();

/* Loaded first, before anything is drawn: the theme, and where data scripts leave their payload. */
(function () {
  "use strict";
  var taken = new Map();
  var waiting = new Map();
  window.benchbig = {
    /* Data scripts call this: benchbig.take("rows", payload). */
    take: function (name, payload) {
      taken.set(name, payload);
      (waiting.get(name) || []).forEach(function (use) { use(payload); });
      waiting.delete(name);
    },
    /* Call use(payload) now, or as soon as it is there. */
    when: function (name, use) {
      if (taken.has(name)) { use(taken.get(name)); return; }
      if (!waiting.has(name)) { waiting.set(name, []); }
      waiting.get(name).push(use);
    },
    /* What the reader chose stays in this browser; some browsers keep nothing for plain files. */
    keep: function (name, value) {
      try { window.localStorage.setItem("benchbig-" + name, value); } catch (error) { /* not kept */ }
    },
    kept: function (name) {
      try { return window.localStorage.getItem("benchbig-" + name); } catch (error) { return null; }
    }
  };
  var theme = window.benchbig.kept("theme");
  if (theme === "light" || theme === "dark") { document.documentElement.dataset.theme = theme; }
})();

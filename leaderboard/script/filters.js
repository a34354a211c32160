/* The filter bar: its lists come from the data, its state lives in the address. */
"use strict";
(function (bb) {
  var FACETS = {
    sector: function (row) { return row.task.sector; },
    modality: function (row) { return row.task.modality; },
    family: function (row) { return row.model.family; },
    adaptation: function (row) { return row.model.adaptation; },
    licence: function (row) { return row.model.licence; },
    data_licence: function (row) { return row.task.licence; },
    device: function (row) { return row.device; },
    origin: function (row) { return row.task.origin; },
    task: function (row) { return row.task.slug; }
  };
  var WORDS = { sector: "sector", modality: "modality", family: "family", adaptation: "adaptation", origin: "origin" };
  /* As benchbig/verdict/limits.py: a row without the figure that a limit asks for cannot be said to keep it;
     a memory limit holds for the accelerator's memory too; trees have no parameters that could be counted. */
  var LIMITS = {
    latency: function (row, most) { return row.latency !== null && row.latency <= most; },
    memory: function (row, most) { return row.rss !== null && row.rss <= most * 1e9 && (row.vram || 0) <= most * 1e9; },
    size: function (row, most) {
      var small = row.model.family === "classical" || row.model.family === "trivial";
      return row.params === null ? small : row.params <= most * 1e6;
    }
  };
  var OTHERS = ["nogpu", "status", "rows", "search"];

  function label(name, value, row) {
    if (name === "licence" && !value) { return bb.t(row.model.family === "pretrained" ? "filter.unstated" : "filter.no_weights"); }
    if (name === "task") { return bb.title(row.task); }
    return WORDS[name] ? bb.word(WORDS[name], value) : value;
  }

  function fill(form, rows) {
    Object.keys(FACETS).forEach(function (name) {
      var select = form.elements.namedItem(name);
      if (!select) { return; }
      var found = new Map();
      rows.forEach(function (row) {
        var value = FACETS[name](row);
        if (!found.has(value)) { found.set(value, label(name, value, row)); }
      });
      Array.from(found).sort(function (a, b) { return a[1] < b[1] ? -1 : 1; }).forEach(function (pair) {
        select.append(bb.make("option", { value: pair[0] || "-" }, pair[1]));
      });
      select.closest("label").hidden = found.size < 2;
    });
  }

  function read(form) {
    var state = bb.state();
    Array.from(form.elements).forEach(function (field) {
      if (!field.name) { return; }
      var value = state.get(field.name) || "";
      if (field.type === "checkbox") { field.checked = value === "1"; }
      else { field.value = value; if (field.value !== value) { field.value = ""; } }
    });
  }

  function chosen(form) {
    var found = {};
    Array.from(form.elements).forEach(function (field) {
      if (!field.name) { return; }
      if (field.type === "checkbox") { if (field.checked) { found[field.name] = "1"; } }
      else if (field.value !== "") { found[field.name] = field.value; }
    });
    return found;
  }

  function fits(row, filters) {
    return Object.keys(filters).every(function (name) {
      var wanted = filters[name];
      if (FACETS[name]) { return (FACETS[name](row) || "-") === wanted; }
      if (LIMITS[name]) { return LIMITS[name](row, Number(wanted)); }
      if (name === "nogpu") { return row.device === "cpu"; }
      if (name === "status") { return (row.seeds === row.planned) === (wanted === "ok"); }
      if (name === "rows") { return row.main === 1; }
      var text = (row.model.name + " " + row.task.name + " " + row.task.title + " " + bb.title(row.task)).toLowerCase();
      return text.includes(wanted.toLowerCase());
    });
  }

  /* Keep the bar and the address in step; use(rows that fit, filters) now and at every change. */
  bb.filters = function (rows, use) {
    var form = document.getElementById("filters");
    fill(form, rows);
    form.hidden = false;
    var names = Object.keys(FACETS).concat(Object.keys(LIMITS), OTHERS);
    function apply() {
      var filters = chosen(form);
      var active = Object.keys(filters).length;
      form.querySelector(".active").textContent = active ? bb.t("filter.active", { n: active }) : "";
      use(active ? rows.filter(function (row) { return fits(row, filters); }) : rows, filters);
    }
    function changed() {
      var filters = chosen(form), changes = {};
      names.forEach(function (name) { changes[name] = filters[name] || ""; });
      bb.setState(changes);
      apply();
    }
    form.addEventListener("input", changed);
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.addEventListener("reset", function () { window.setTimeout(changed, 0); });
    window.addEventListener("hashchange", function () { read(form); apply(); });
    read(form);
    if (Object.keys(chosen(form)).length) { form.querySelector("details").open = true; }
    apply();
  };
})(window.benchbig);

/* Texts of the page's language, and numbers as its tables write them (benchbig/site/language.py does the same). */
"use strict";
(function (bb) {
  var texts = new Map();
  bb.when("texts", function (pairs) { texts = new Map(pairs); });
  var ABSENT = "–";

  bb.t = function (key, values) {
    if (values && values.n === 1 && texts.has(key + "_one")) { key += "_one"; }
    var text = texts.has(key) ? texts.get(key) : key;
    return text.replace(/\{(\w+)\}/g, function (whole, name) {
      if (!values || !(name in values)) { return whole; }
      var value = values[name];
      return typeof value === "number" ? bb.count(value) : value;
    });
  };
  bb.word = function (group, name) { return texts.has(group + "." + name) ? texts.get(group + "." + name) : name; };

  /* A task's title; its card's own, in English, where the language has none. */
  bb.title = function (task) {
    var key = "title.task." + task.name;
    return texts.has(key) ? texts.get(key) : task.title;
  };

  /* A metric's name; in English they stand with the metrics, so the payload brings them. */
  bb.metric = function (name) { return bb.word("metric", name); };

  function grouped(text) {
    var parts = text.split(".");
    parts[0] = parts[0].replace(/\B(?=(\d{3})+$)/g, ",");
    return parts.join(".");
  }
  bb.count = function (value) { return value === null ? ABSENT : grouped(String(value)); };
  bb.two = function (value) {
    return value >= 9.95 ? grouped(value.toFixed(0)) : value.toFixed(value >= 0.995 ? 1 : 2);
  };
  bb.seconds = function (value) {
    if (value === null) { return ABSENT; }
    if (value < 0.0005) { return bb.t("unit.below_ms"); }
    if (value < 0.0995) { return bb.t("unit.ms", { x: (1000 * value).toFixed(0) }); }
    if (value < 59.5) { return bb.t("unit.s", { x: bb.two(value) }); }
    var minutes = Math.floor(Math.round(value) / 60);
    if (minutes < 60) { return bb.t("unit.min_s", { a: minutes, b: Math.round(value) % 60 }); }
    minutes = Math.round(value / 60);
    return bb.t("unit.h_min", { a: Math.floor(minutes / 60), b: minutes % 60 });
  };
  bb.milliseconds = function (value) {
    if (value === null) { return ABSENT; }
    return bb.t("unit.ms", { x: value < 0.005 ? "<0.01" : bb.two(value) });
  };
  bb.size = function (value) {
    if (value === null) { return ABSENT; }
    var units = ["B", "kB", "MB", "GB"];
    for (var index = 0; index < units.length; index += 1) {
      if (value < 999.5) { return (units[index] === "GB" ? bb.two(value) : value.toFixed(0)) + " " + units[index]; }
      value /= 1000;
    }
    return bb.two(value) + " TB";
  };
  bb.rate = function (value) {
    if (value === null) { return ABSENT; }
    return bb.t("unit.per_s", { x: value >= 999999.5 ? bb.two(value / 1e6) + "M" : bb.two(value) });
  };
  bb.large = function (value) {
    if (value === null) { return ABSENT; }
    if (value >= 1e9) { return (value / 1e9).toFixed(1) + "B"; }
    if (value >= 1e6) { return (value / 1e6).toFixed(1) + "M"; }
    return value >= 1e5 ? (value / 1000).toFixed(0) + "k" : grouped(value.toFixed(0));
  };
  bb.share = function (value) { return value === null ? ABSENT : (100 * value).toFixed(0) + "%"; };
  bb.ratio = function (value) { return value === null ? ABSENT : bb.two(value) + "×"; };

  /* A metric's value at its digits: task holds digits and percent. */
  bb.value = function (task, value) {
    if (value === null) { return ABSENT; }
    return task.percent ? (100 * value).toFixed(task.digits - 2) + "%" : grouped(value.toFixed(task.digits));
  };
  bb.ends = function (task, low, high) {
    if (low === null || high === null) { return ""; }
    return "[" + bb.value(task, low).replace("%", "") + ", " + bb.value(task, high).replace("%", "") + "]";
  };
  bb.signed = function (task, value) {
    var text = Math.abs(task.percent ? 100 * value : value).toFixed(task.percent ? task.digits - 2 : task.digits);
    var sign = Number(text) === 0 ? "" : value < 0 ? "−" : "+";
    return task.percent ? bb.t("unit.points", { x: sign + text }) : sign + text;
  };
})(window.benchbig);

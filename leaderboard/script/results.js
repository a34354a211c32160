/* The page of all rows. */
"use strict";
(function (bb) {
  if (bb.page !== "results") { return; }

  function number(key, width, of, write) {
    return { key: key, width: width, number: true, of: of, cell: function (row) { return bb.text(write(of(row))); } };
  }
  var columns = [
    { key: "task", width: 15, headed: 0, of: function (r) { return bb.title(r.task); }, cell: function (r) { return bb.taskLink(r.task); } },
    { key: "model", width: 14, of: function (r) { return r.model.name; }, cell: function (r) { return bb.modelLink(r.model, r); } },
    { key: "family", width: 11, of: function (r) { return bb.word("family", r.model.family); }, cell: function (r) { return bb.familyWord(r.model.family); } },
    { key: "value", width: 13, down: true, of: function (r) { return r.value; }, cell: bb.valueCell },
    { key: "metric", width: 11, of: function (r) { return bb.metric(r.task.metric); }, cell: function (r) { return bb.text(bb.metric(r.task.metric)); } },
    number("rank", 3.5, function (r) { return r.rank; }, bb.count),
    { key: "rows", width: 7.5, number: true, of: function (r) { return r.asked || (r.n === null ? Infinity : r.n); },
      cell: function (r) { return bb.text(r.asked ? bb.count(r.asked) : r.n === null ? bb.t("filter.full") : bb.count(r.n)); } },
    number("fit", 7, function (r) { return r.fit; }, bb.seconds),
    number("latency", 8, function (r) { return r.latency; }, bb.milliseconds),
    number("throughput", 7.5, function (r) { return r.throughput; }, bb.rate),
    number("memory", 6, function (r) { return r.rss; }, bb.size),
    number("params", 6.5, function (r) { return r.params; }, bb.large),
    { key: "seeds", width: 5, number: true, of: function (r) { return r.seeds; }, cell: function (r) {
      return bb.text(r.seeds === r.planned ? String(r.seeds) : r.seeds + "/" + r.planned);
    } },
    { key: "device", width: 8, of: function (r) { return r.device; }, cell: function (r) { return bb.make("bdi", {}, r.device); } },
    { key: "record", width: 5.5, cell: function (r) { return bb.make("a", { href: bb.recordHref(r) }, bb.t("column.record")); } }
  ];

  bb.when("rows", function (payload) {
    var rows = bb.rowsOf(payload);
    var note = document.getElementById("results-note");
    columns.forEach(function (column) { column.label = bb.t("column." + column.key); });
    var show = bb.grid(document.getElementById("results-table"), columns, bb.t("results.heading"));
    bb.filters(rows, function (left) {
      note.textContent = left.length ? bb.t("results.shown", { n: left.length, of: rows.length }) : bb.t("results.none");
      show(left);
    });
    document.documentElement.dataset.ready = "yes";
  });
})(window.benchbig);

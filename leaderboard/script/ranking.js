/* The front page: answers and ranking, both under the filters. */
"use strict";
(function (bb) {
  if (bb.page !== "index") { return; }

  var columns = [
    { key: "modality", width: 5, of: function (l) { return bb.word("modality", l.modality); }, cell: function (l) { return bb.text(bb.word("modality", l.modality)); } },
    { key: "rank", width: 2.8, number: true, of: function (l) { return l.rank; }, cell: function (l) { return bb.text(bb.count(l.rank)); } },
    { key: "model", width: 15, headed: 2, of: function (l) { return l.model.name; }, cell: function (l) { return bb.modelLink(l.model); } },
    { key: "family", width: 11, of: function (l) { return bb.word("family", l.model.family); }, cell: function (l) { return bb.familyWord(l.model.family); } },
    { key: "adaptation", width: 8.8, of: function (l) { return bb.word("adaptation", l.model.adaptation); }, cell: function (l) { return bb.text(bb.word("adaptation", l.model.adaptation)); } },
    { key: "win", width: 8.6, number: true, down: true, of: function (l) { return l.win; }, cell: function (l) {
      return bb.make("span", {}, bb.make("b", {}, bb.share(l.win)), " ", bb.make("span", { class: "ends" },
        l.low === null ? "" : "[" + (100 * l.low).toFixed(0) + ", " + (100 * l.high).toFixed(0) + "]"));
    } },
    { key: "first", width: 4.2, number: true, down: true, of: function (l) { return l.first; }, cell: function (l) { return bb.text(l.first); } },
    { key: "tasks", width: 4.4, number: true, down: true, of: function (l) { return l.tasks; }, cell: function (l) { return bb.text(l.tasks); } },
    { key: "failed", width: 4.6, number: true, down: true, of: function (l) { return l.failed; }, cell: function (l) { return bb.make("span", { class: l.failed ? "warn" : null }, String(l.failed)); } },
    { key: "fit", width: 7.6, number: true, of: function (l) { return l.fit; }, cell: function (l) { return bb.text(bb.seconds(l.fit)); } },
    { key: "latency", width: 7, number: true, of: function (l) { return l.latency; }, cell: function (l) { return bb.text(bb.milliseconds(l.latency)); } },
    { key: "memory", width: 5.6, number: true, of: function (l) { return l.rss; }, cell: function (l) { return bb.text(bb.size(l.rss)); } },
    { key: "params", width: 7.6, number: true, of: function (l) { return l.model.params; }, cell: function (l) { return bb.text(bb.large(l.model.params)); } }
  ];

  bb.when("rows", function (payload) {
    var rows = bb.rowsOf(payload);
    var answers = bb.answers();
    answers.start(rows);
    columns.forEach(function (column) { column.label = bb.t("ranking." + column.key); });
    var show = bb.grid(document.getElementById("ranking-table"), columns, bb.t("ranking.heading"));
    bb.filters(rows, function (left, filters) {
      answers.show(left, Object.keys(filters).length > 0);
      show(bb.standings(left, payload.t));
    });
    document.documentElement.dataset.ready = "yes";
  });
})(window.benchbig);

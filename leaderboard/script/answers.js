/* The front page's answers under the filters: who wins each task among the models that are left. */
"use strict";
(function (bb) {
  function side(cell, row) {
    if (!row) { cell.replaceChildren(bb.text(bb.t("js.none"))); return; }
    cell.replaceChildren(
      bb.make("span", { class: "who " + bb.look(row.model.family) }, bb.modelLink(row.model, row)), " ", bb.valueCell(row));
  }

  var NS = "http://www.w3.org/2000/svg";
  function drawn(tag, attributes) {
    var element = document.createElementNS(NS, tag);
    Object.entries(attributes).forEach(function (pair) { element.setAttribute(pair[0], pair[1]); });
    return element;
  }

  /* The two intervals, as benchbig/site/charts/pair.py draws them. */
  function picture(rows) {
    var ends = [].concat.apply([], rows.map(function (row) { return [row.value, row.low, row.high]; }))
      .filter(function (value) { return value !== null; });
    var low = Math.min.apply(null, ends), high = Math.max.apply(null, ends);
    var at = function (value) { return high === low ? 100 : 12 + (value - low) / (high - low) * 176; };
    var svg = drawn("svg", { class: "pair", viewBox: "0 0 200 36", width: 200, height: 36, role: "img" });
    svg.setAttribute("aria-label", rows.map(function (row) {
      return bb.shown(row.model.name) + " " + bb.value(row.task, row.value) + " " + bb.ends(row.task, row.low, row.high);
    }).join("; "));
    rows.forEach(function (row, index) {
      var y = 36 * (index + 0.5) / rows.length, look = bb.look(row.model.family);
      if (row.low !== null) {
        svg.append(drawn("path", { class: "interval " + look, d: "M" + at(row.low) + " " + y + "L" + at(row.high) + " " + y }));
      }
      var large = row.model.family === "pretrained";
      svg.append(large
        ? drawn("path", { class: "dot diamond mean " + look, d: "M" + at(row.value) + " " + (y - 6) + "l6 6-6 6-6-6z" })
        : drawn("circle", { class: "dot circle mean " + look, cx: at(row.value), cy: y, r: 5 }));
    });
    return svg;
  }

  function costs(classical, large) {
    return [["fit", "fit"], ["latency", "latency"], ["memory", "rss"]].filter(function (pair) {
      return classical[pair[1]] && large[pair[1]] !== null;
    }).map(function (pair) {
      return bb.make("span", { class: "line" }, bb.t("answer." + pair[0], { ratio: bb.ratio(large[pair[1]] / classical[pair[1]]) }));
    });
  }

  function update(line, rows) {
    var classical = bb.contender(rows, "classical"), large = bb.contender(rows, "pretrained");
    side(line.cell("classical"), classical);
    side(line.cell("large"), large);
    if (line.cell("verdict")) { line.cell("verdict").replaceChildren(bb.text("–")); }
    if (line.cell("crossover")) { line.cell("crossover").replaceChildren(); }
    var pair = [classical, large].filter(Boolean);
    line.cell("picture").replaceChildren.apply(line.cell("picture"), pair.length ? [picture(pair)] : []);
    var both = classical && large;
    line.cell("difference").replaceChildren(bb.text(both ? bb.signed(classical.task, large.value - classical.value) : "–"));
    line.cell("cost").replaceChildren.apply(line.cell("cost"), both ? costs(classical, large) : []);
  }

  /* Give back what the page was built with, where the filters leave the same two contenders. */
  bb.answers = function () {
    var note = document.getElementById("answers-note");
    var lines = Array.from(document.querySelectorAll("tr.answer")).map(function (element) {
      var cells = Array.from(element.querySelectorAll("td"));
      return {
        element: element, key: Number(element.dataset.task),
        cell: function (name) { return element.querySelector(".c-" + name); },
        cells: cells, built: cells.map(function (cell) { return Array.from(cell.childNodes); }),
        pair: null
      };
    });
    function names(rows) {
      return ["classical", "pretrained"].map(function (family) {
        var row = bb.contender(rows, family);
        return row ? row.model.name + " " + row.device : null;
      });
    }
    return {
      start: function (rows) {
        var tables = bb.byTask(rows);
        lines.forEach(function (line) { line.pair = names(tables.get(line.key) || []); });
      },
      show: function (rows, active) {
        var tables = bb.byTask(rows), left = 0;
        lines.forEach(function (line) {
          var found = tables.get(line.key) || [];
          line.element.hidden = !found.length;
          left += found.length ? 1 : 0;
          var same = JSON.stringify(names(found)) === JSON.stringify(line.pair);
          if (same) { line.cells.forEach(function (cell, index) { cell.replaceChildren.apply(cell, line.built[index]); }); }
          else if (found.length) { update(line, found); }
        });
        document.querySelectorAll(".answers tbody").forEach(function (part) {
          part.hidden = !part.querySelector("tr.answer:not([hidden])");
        });
        note.hidden = !active;
        note.textContent = active ? bb.t("answer.filtered", { n: left, of: lines.length }) : "";
      }
    };
  };
})(window.benchbig);

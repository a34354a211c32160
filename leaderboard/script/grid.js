/* A table of any length: only the lines in view are in the page. Sorted by the buttons in its head. */
"use strict";
(function (bb) {
  var MARGIN = 12;  /* lines kept ready above and below the view */
  var PRINTED = 1000;  /* lines that paper gets */

  /* place: the element it fills. columns: {key, label, width (em), number, of(line) to sort by, cell(line)}.
     Gives show(lines). The order lives in the address as sort=key or sort=-key. */
  bb.grid = function (place, columns, name) {
    var head = bb.make("tr");
    var group = bb.make("colgroup");
    var body = bb.make("tbody");
    var above = bb.make("tr", { class: "space", "aria-hidden": "true" }, bb.make("td", { colspan: columns.length }));
    var below = bb.make("tr", { class: "space", "aria-hidden": "true" }, bb.make("td", { colspan: columns.length }));
    var total = 0;
    var lines = [], ordered = [], first = -1, last = -1, height = 0;

    columns.forEach(function (column) {
      var col = bb.make("col");
      col.style.width = column.width + "em";
      total += column.width;
      group.append(col);
      var cell = bb.make("th", { scope: "col", class: column.number ? "num" : null });
      if (column.of) {
        var button = bb.make("button", { type: "button" }, column.label);
        button.addEventListener("click", function () { turn(column); });
        cell.append(button);
      } else { cell.append(bb.make("span", { class: "hidden" }, column.label)); }
      column.head = cell;
      head.append(cell);
    });
    var table = bb.make("table", { "aria-rowcount": "0", "aria-label": name }, group, bb.make("thead", {}, head), body);
    table.style.minWidth = total + "em";
    place.replaceChildren(table);

    function order() {
      var asked = bb.state().get("sort") || "";
      var down = asked.startsWith("-");
      var column = columns.find(function (one) { return one.of && one.key === asked.replace("-", ""); });
      columns.forEach(function (one) { one.head.removeAttribute("aria-sort"); });
      if (!column) { return lines.slice(); }
      column.head.setAttribute("aria-sort", down ? "descending" : "ascending");
      var keyed = lines.map(function (line, index) { return [column.of(line), index, line]; });
      keyed.sort(function (a, b) {
        /* What is not measured stands last, whichever way the table is sorted. */
        if (a[0] === null || b[0] === null) { return a[0] === b[0] ? a[1] - b[1] : a[0] === null ? 1 : -1; }
        var by = a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
        return (down ? -by : by) || a[1] - b[1];
      });
      return keyed.map(function (one) { return one[2]; });
    }

    function turn(column) {
      var now = bb.state().get("sort");
      var start = column.down ? "-" + column.key : column.key;
      var other = column.down ? column.key : "-" + column.key;
      bb.setState({ sort: now === start ? other : now === other ? "" : start });
      draw(true);
    }

    function line(index) {
      var row = bb.make("tr", { "aria-rowindex": index + 2 });
      columns.forEach(function (column, place) {
        var cell = bb.make(place === column.headed ? "th" : "td", { class: column.number ? "num" : null });
        if (place === column.headed) { cell.setAttribute("scope", "row"); }
        cell.append(column.cell(ordered[index]));
        row.append(cell);
      });
      return row;
    }

    /* Paper has no scrolling: as many lines as a printer can be asked for, from the first. */
    function drawForPaper() {
      var rows = [];
      for (var index = 0; index < Math.min(ordered.length, PRINTED); index += 1) { rows.push(line(index)); }
      if (ordered.length > PRINTED) {
        rows.push(bb.make("tr", {}, bb.make("td", { colspan: columns.length }, bb.t("js.printed", { n: PRINTED, of: ordered.length }))));
      }
      body.replaceChildren.apply(body, rows);
      first = last = -1;
    }

    function draw(anew) {
      if (anew) { ordered = order(); first = last = -1; table.setAttribute("aria-rowcount", ordered.length + 1); }
      if (!height) { measure(); }
      var top = Math.max(0, Math.floor(place.scrollTop / height) - MARGIN);
      var end = Math.min(ordered.length, Math.ceil((place.scrollTop + place.clientHeight) / height) + MARGIN);
      if (top === first && end === last) { return; }
      first = top; last = end;
      var rows = [];
      for (var index = top; index < end; index += 1) { rows.push(line(index)); }
      above.firstChild.style.height = top * height + "px";
      below.firstChild.style.height = (ordered.length - end) * height + "px";
      var held = focused();
      body.replaceChildren.apply(body, [above].concat(rows, [below]));
      if (held) { focus(held); }
      /* A place that was empty has grown by now, and more of it is in view. */
      if (end < Math.min(ordered.length, Math.ceil((place.scrollTop + place.clientHeight) / height))) { draw(false); }
    }

    /* Who walks through the rows by keyboard scrolls them, and is not to lose the link at hand. */
    function links(row) { return Array.from(row.querySelectorAll("a, button")); }

    function focused() {
      var link = document.activeElement;
      var row = link && body.contains(link) ? link.closest("tr") : null;
      return row && { row: row.getAttribute("aria-rowindex"), which: links(row).indexOf(link) };
    }

    function focus(held) {
      var row = body.querySelector('tr[aria-rowindex="' + held.row + '"]');
      var link = row ? links(row)[held.which] : null;
      if (link) { link.focus({ preventScroll: true }); }
    }

    function measure() {
      if (!ordered.length) { height = 40; return; }
      var row = line(0);
      body.replaceChildren(row);
      height = row.getBoundingClientRect().height || 40;
    }

    var asked = false;
    place.addEventListener("scroll", function () {
      if (asked) { return; }
      asked = true;
      window.requestAnimationFrame(function () { asked = false; draw(false); });
    });
    window.addEventListener("resize", function () { height = 0; first = -1; draw(false); });
    window.addEventListener("hashchange", function () { draw(true); });
    window.addEventListener("beforeprint", drawForPaper);
    window.addEventListener("afterprint", function () { draw(false); });
    return function (given) { lines = given; place.scrollTop = 0; draw(true); };
  };

  /* Cells that several tables share. */
  bb.text = function (value) { return document.createTextNode(bb.shown(value)); };
  bb.modelLink = function (model, row) {
    var link = bb.make("a", { class: "model", href: bb.base + "models/" + model.slug + ".html" }, bb.make("bdi", {}, model.name));
    var whole = bb.make("span", {}, link);
    if (row && row.best) { whole.append(bb.make("span", { class: "mark-best", title: bb.t("mark.best") }, " *")); }
    if (row && row.reduced) { whole.append(bb.make("span", { class: "mark-reduced" }, " †")); }
    return whole;
  };
  bb.taskLink = function (task) {
    return bb.make("a", { class: "task", href: bb.base + "tasks/" + task.slug + ".html" }, bb.make("bdi", {}, bb.title(task)));
  };
  var KNOWN = ["classical", "pretrained", "neural", "trivial"];
  bb.look = function (family) { return KNOWN.includes(family) ? "f-" + family : "f-other"; };
  bb.familyWord = function (family) {
    return bb.make("span", { class: "family dot-before " + bb.look(family) }, bb.word("family", family));
  };
  bb.valueCell = function (row) {
    if (row.value === null) {
      var status = (row.reason || "none").split(":")[0];
      return bb.make("span", { class: "missing", title: bb.shown(row.reason || "") }, bb.word("status", status));
    }
    return bb.make("span", { class: "value" }, bb.make("b", {}, bb.value(row.task, row.value)), " ",
      bb.make("span", { class: "ends" }, bb.ends(row.task, row.low, row.high)));
  };
})(window.benchbig);

/* The rows and what follows from them: which fit the filters, contenders, win rates (benchbig/site/ranking.py). */
"use strict";
(function (bb) {
  /* The payload's columns as one object a row, each with its task, model and device. */
  bb.rowsOf = function (payload) {
    var columns = Object.entries(payload.columns);
    var count = columns.length ? columns[0][1].length : 0;
    var rows = [];
    for (var index = 0; index < count; index += 1) {
      var row = {};
      for (var c = 0; c < columns.length; c += 1) { row[columns[c][0]] = columns[c][1][index]; }
      row.taskIndex = row.task;
      row.task = payload.tasks[row.task];
      row.model = payload.models[row.model];
      row.device = payload.devices[row.device];
      rows.push(row);
    }
    return rows;
  };

  bb.recordHref = function (row) {
    var state = new URLSearchParams({ t: row.task.slug, m: row.model.slug, n: row.asked, d: row.device });
    return bb.base + "record.html#" + state.toString();
  };

  /* Rows by task and device, tables one after another as in the data. */
  bb.tables = function (rows) {
    var tables = new Map();
    rows.forEach(function (row) {
      var key = row.taskIndex + " " + row.device;
      if (!tables.has(key)) { tables.set(key, []); }
      tables.get(key).push(row);
    });
    return tables;
  };

  bb.byTask = function (rows) {
    var tasks = new Map();
    rows.forEach(function (row) {
      if (!tasks.has(row.taskIndex)) { tasks.set(row.taskIndex, []); }
      tasks.get(row.taskIndex).push(row);
    });
    return tasks;
  };

  /* The contender of a family among these rows: the first by the validation part. */
  bb.contender = function (rows, family) {
    var best = null;
    rows.forEach(function (row) {
      if (row.model.family === family && row.choice !== null && (best === null || row.choice < best.choice)) { best = row; }
    });
    return best;
  };

  function winShares(rows) {
    var others = rows.length - 1;
    if (others === 0) { return [rows[0].value === null ? 0 : 0.5]; }
    var sign = rows[0].task.higher ? 1 : -1;
    var score = rows.map(function (row) { return row.value === null ? -Infinity : sign * row.value; });
    var sorted = score.slice().sort(function (a, b) { return a - b; });
    return score.map(function (own) {
      if (own === -Infinity) { return 0; }
      var below = 0;
      while (sorted[below] < own) { below += 1; }
      var same = below;
      while (same < sorted.length && sorted[same] === own) { same += 1; }
      return (below + (same - below - 1) / 2) / others;
    });
  }

  function median(values) {
    var known = values.filter(function (value) { return value !== null; }).sort(function (a, b) { return a - b; });
    if (!known.length) { return null; }
    var middle = known.length >> 1;
    return known.length % 2 ? known[middle] : (known[middle - 1] + known[middle]) / 2;
  }

  function mean(values) { return values.reduce(function (a, b) { return a + b; }, 0) / values.length; }

  /* The mean and its 95% t interval over tasks; t: Student's quantiles by degrees of freedom. */
  function interval(values, t) {
    var middle = mean(values);
    if (values.length < 2) { return [middle, null, null]; }
    var square = values.reduce(function (sum, value) { return sum + (value - middle) * (value - middle); }, 0);
    var half = t[Math.min(values.length - 1, t.length) - 1] * Math.sqrt(square / (values.length - 1) / values.length);
    return [middle, Math.max(0, middle - half), Math.min(1, middle + half)];
  }

  /* A line a model, best first. rows: of main tables; t as above. */
  bb.standings = function (rows, t) {
    var modalities = new Map();
    rows.forEach(function (row) {
      if (!modalities.has(row.task.modality)) { modalities.set(row.task.modality, []); }
      modalities.get(row.task.modality).push(row);
    });
    return [].concat.apply([], Array.from(modalities).map(function (pair) { return standingsOf(pair[0], pair[1], t); }));
  };

  /* The same over the tasks of one modality: only there do models meet the same rivals. */
  function standingsOf(modality, rows, t) {
    var byModel = new Map();
    bb.tables(rows).forEach(function (table) {
      var sign = table[0].task.higher ? 1 : -1;
      var top = Math.max.apply(null, table.map(function (row) { return row.value === null ? -Infinity : sign * row.value; }));
      winShares(table).forEach(function (share, index) {
        var row = table[index];
        if (!byModel.has(row.model)) { byModel.set(row.model, new Map()); }
        var tasks = byModel.get(row.model);
        if (!tasks.has(row.taskIndex)) { tasks.set(row.taskIndex, { shares: [], rows: [], first: false }); }
        var task = tasks.get(row.taskIndex);
        task.shares.push(share);
        task.rows.push(row);
        task.first = task.first || (row.value !== null && sign * row.value === top);
      });
    });
    var lines = [];
    byModel.forEach(function (tasks, model) {
      var each = Array.from(tasks.values());
      var all = [].concat.apply([], each.map(function (task) { return task.rows; }));
      var ended = each.filter(function (task) { return task.rows.some(function (row) { return row.value !== null; }); });
      var win = interval(each.map(function (task) { return mean(task.shares); }), t);
      lines.push({
        model: model, modality: modality, win: win[0], low: win[1], high: win[2],
        first: each.filter(function (task) { return task.first; }).length,
        tasks: ended.length, failed: each.length - ended.length,
        fit: median(all.map(function (row) { return row.fit; })),
        latency: median(all.map(function (row) { return row.latency; })),
        rss: median(all.map(function (row) { return row.rss; }))
      });
    });
    /* A model that failed on all its tasks has no rank and stands last. */
    lines.forEach(function (line) { line.shown = line.tasks ? Math.round(line.win * 100) : -1; });
    lines.forEach(function (line) {
      line.rank = line.tasks ? 1 + lines.filter(function (other) { return other.shown > line.shown; }).length : null;
    });
    return lines.sort(function (a, b) { return b.shown - a.shown || (a.model.name < b.model.name ? -1 : 1); });
  }
})(window.benchbig);

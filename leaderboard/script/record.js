/* The page of a record: reads data/records/TASK.js of the task that the address names. */
"use strict";
(function (bb) {
  if (bb.page !== "record") { return; }

  /* Which fields stand together; what is in no group comes last, so that nothing is hidden. */
  var GROUPS = [
    ["identity", ["status", "error", "warnings", "key", "run_id", "attempt"]],
    ["task", ["suite", "task_version", "sector", "kind", "modality", "data_origin", "licence", "scheme",
      "n_train", "n_train_used", "n_train_full", "n_valid", "n_test", "n_features", "n_classes", "data_sha256", "test_ids_sha256"]],
    ["model", ["model_version", "family", "adaptation", "weights", "params", "tuning", "n_params", "n_trainable", "artifact_bytes"]],
    ["quality", ["metric", "higher_is_better", "value", "ci_low", "ci_high", "ci_method", "valid_value", "train_value", "metrics"]],
    ["cost", ["load_s", "fit_s", "shared_s", "predict_s", "latency_ms", "throughput_per_s", "job_s", "cpu_s", "peak_rss_bytes",
      "peak_vram_bytes", "energy_j", "energy_method", "cost_fit", "cost_per_million", "currency", "price_table"]],
    ["where", ["env", "device", "precision", "threads", "jobs_beside"]],
    ["provenance", ["benchbig_version", "git_commit", "dirty", "started_at", "finished_at", "command", "predictions"]]
  ];

  function plain(value) {
    if (value === null || value === undefined) { return "–"; }
    if (Array.isArray(value)) { return value.map(plain).join("; ") || "–"; }
    if (typeof value === "object") {
      /* A traceback has a place of its own on the page. */
      return Object.entries(value).filter(function (pair) { return pair[0] !== "traceback"; }).map(function (pair) { return pair[0] + ": " + plain(pair[1]); }).join("\n");
    }
    return String(value);
  }

  function cell(value) {
    var holder = bb.make("td", {});
    plain(value).split("\n").forEach(function (line) { holder.append(bb.make("span", { class: "line" }, line)); });
    return holder;
  }

  function table(names, row) {
    var head = bb.make("tr", {}, bb.make("th", { scope: "col" }, bb.t("record.field")));
    row.seeds.forEach(function (seed) { head.append(bb.make("th", { scope: "col" }, bb.t("record.seed", { n: seed.seed }))); });
    var body = bb.make("tbody");
    names.forEach(function (name) {
      var line = bb.make("tr", {}, bb.make("th", { scope: "row" }, name));
      if (name in row.common) {
        var shared = cell(row.common[name]);
        shared.setAttribute("colspan", row.seeds.length);
        line.append(shared);
      } else if (row.seeds.some(function (seed) { return name in seed; })) {
        row.seeds.forEach(function (seed) { line.append(cell(seed[name])); });
      } else { return; }
      body.append(line);
    });
    return body.childNodes.length ? bb.make("table", { class: "plain record" }, bb.make("thead", {}, head), body) : null;
  }

  function section(heading) {
    var part = bb.make("section", {}, bb.make("h2", {}, heading));
    for (var index = 1; index < arguments.length; index += 1) {
      var content = arguments[index];
      if (content.tagName === "TABLE") {
        content = bb.make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": heading }, content);
      }
      part.append(content);
    }
    return part;
  }

  function code(text) {
    var pre = bb.make("pre", { tabindex: "0" });
    text.split("\n").forEach(function (line) { pre.append(bb.make("code", { class: "line" }, line)); });
    return pre;
  }

  function show(payload, row) {
    var place = document.getElementById("record");
    document.getElementById("record-title").replaceChildren(bb.make("bdi", {}, row.model), " · ", bb.make("bdi", {}, bb.title(payload.task)));
    var about = document.getElementById("record-about");
    about.replaceChildren(bb.taskLink(payload.task), " · ", bb.make("bdi", {}, row.device),
      row.asked ? " · " + bb.t("task.rows_some", { n: row.asked }) : "");
    place.replaceChildren(section(bb.t("record.repeat"), code(row.repeat)));
    row.seeds.forEach(function (seed) {
      var error = seed.error || row.common.error;
      if (error && error.traceback) { place.append(section(bb.t("record.traceback") + " · " + bb.t("record.seed", { n: seed.seed }), code(error.traceback))); }
    });
    var used = new Set(["seed"]);
    GROUPS.forEach(function (group) {
      group[1].forEach(function (name) { used.add(name); });
      var made = table(group[1], row);
      if (made) { place.append(section(bb.t("group." + group[0]), made)); }
    });
    var rest = Array.from(new Set([].concat.apply(Object.keys(row.common), row.seeds.map(Object.keys)))).filter(function (name) { return !used.has(name); });
    var others = table(rest, row);
    if (others) { place.append(section(bb.t("record.field"), others)); }
    payload.machines.filter(function (pair) {
      return row.common.env === pair[0] || row.seeds.some(function (seed) { return seed.env === pair[0]; });
    }).forEach(function (pair) { place.append(section(bb.t("record.machine") + " " + pair[0], code(plain(pair[1])))); });
    var sources = payload.sources.filter(function (source) { return source[0] === row.model || source[0] === payload.task.name; });
    if (sources.length) {
      place.append(section(bb.t("record.sources"), code(sources.map(function (source) {
        return source.slice(1).map(plain).join(" · ");
      }).join("\n"))));
    }
    if (row.superseded) { place.append(bb.make("p", { class: "note" }, bb.t("record.older", { n: row.superseded }))); }
    document.documentElement.dataset.ready = "yes";
  }

  function missing() {
    document.getElementById("record").replaceChildren(bb.make("p", { class: "note" }, bb.t("record.missing")));
    document.documentElement.dataset.ready = "yes";
  }

  function load() {
    var state = bb.state(), task = state.get("t") || "";
    /* The address is anybody's: only what can be the name of a data file is asked for. */
    if (!/^[a-z0-9_-]{1,80}$/.test(task)) { missing(); return; }
    var script = bb.make("script", { src: bb.root + "data/records/" + task + ".js" });
    script.addEventListener("error", missing);
    script.addEventListener("load", function () {
      bb.when("records", function (payload) {
        var row = payload.rows.find(function (one) {
          return one.slug === state.get("m") && String(one.asked) === (state.get("n") || "0") && one.device === (state.get("d") || "cpu");
        });
        if (payload.task.slug === task && row) { show(payload, row); } else { missing(); }
      });
    });
    document.head.append(script);
  }
  window.addEventListener("hashchange", load);
  load();
})(window.benchbig);

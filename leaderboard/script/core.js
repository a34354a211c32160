/* What every page needs: making elements, the state in the address, the theme button, the language link. */
"use strict";
(function (bb) {
  bb.root = document.body.dataset.root;
  bb.base = document.body.dataset.base;
  bb.page = document.body.dataset.page;

  /* Text out of records: what could turn a line around or hide in it is written out. */
  bb.shown = function (text) {
    return String(text).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, function (char) {
      return "\\u{" + char.codePointAt(0).toString(16) + "}";
    });
  };

  /* make("a", {href: "x", class: "model"}, "text", child...): texts are texts, never markup. */
  bb.make = function (tag, attributes) {
    var element = document.createElement(tag);
    Object.entries(attributes || {}).forEach(function (pair) {
      if (pair[1] !== null && pair[1] !== undefined) { element.setAttribute(pair[0], pair[1]); }
    });
    for (var index = 2; index < arguments.length; index += 1) {
      var child = arguments[index];
      if (child === null || child === undefined) { continue; }
      element.append(child instanceof Node ? child : document.createTextNode(bb.shown(child)));
    }
    return element;
  };

  /* The state of a page is what follows # in its address, so that a link carries it. */
  bb.state = function () { return new URLSearchParams(window.location.hash.slice(1)); };
  bb.setState = function (changes) {
    var state = bb.state();
    Object.entries(changes).forEach(function (pair) {
      if (pair[1]) { state.set(pair[0], pair[1]); } else { state.delete(pair[0]); }
    });
    var text = state.toString();
    window.history.replaceState(null, "", text ? "#" + text : "#");
    followState();
  };

  function followState() {
    var link = document.querySelector("a.language");
    if (link) { link.hash = window.location.hash.length > 1 ? window.location.hash : ""; }
  }
  window.addEventListener("hashchange", followState);
  followState();

  var button = document.querySelector("button.theme");
  var themes = ["auto", "light", "dark"];
  function show(theme) {
    if (theme === "auto") { delete document.documentElement.dataset.theme; }
    else { document.documentElement.dataset.theme = theme; }
    button.textContent = button.dataset[theme];
  }
  if (button) {
    var now = bb.kept("theme") || "auto";
    if (!themes.includes(now)) { now = "auto"; }
    show(now);
    button.hidden = false;
    button.addEventListener("click", function () {
      now = themes[(themes.indexOf(now) + 1) % themes.length];
      bb.keep("theme", now);
      show(now);
    });
  }
})(window.benchbig);

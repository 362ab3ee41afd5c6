// What makes the pages quicker; without it everything can be read and every form be sent.
import "./times.js";
import "./confirm.js";
import "./copy.js";
import "./menus.js";
import "./keyboard.js";
import "./palette.js";
import "./mentions.js";
import "./filters.js";
import "./board.js";
import "./preview.js";
import "./failing.js";
import "./charts.js";
import "./filter.js";
import "./tables.js";
import "./forms.js";
if (document.querySelector("[data-graph]")) import("./graph.js");
import "./tour.js";
import "./terms.js";

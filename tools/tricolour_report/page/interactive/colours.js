// Colours of the charts. Each is a variable of the style sheet, which the themes set, and the
// colour on paper where no theme says another.

const painted = (colour) => `var(--of-${colour.slice(1).toLowerCase()}, ${colour})`;
const INK = "var(--ink, #1c1e21)";
const SOFT = "var(--soft, #5c6370)";
const PAPER = "var(--paper, #ffffff)";
const GRID = "var(--grid, #e3e3e3)";
const AXIS = "var(--axis, #9aa0a8)";
const RULE = "var(--rule, #767676)";
const FAILED = painted("#B00020");
const CHOSEN = painted("#0057a8");

// A text in which every colour is that on paper.
const onPaper = (text) => text.replace(/var\(--[\w-]+, (#\w+)\)/g, "$1");

// The theme: the system's, or the one that was picked, which the browser keeps.
const THEME = "tricolour-theme";

function pickTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

function startTheme() {
  const select = document.getElementById("theme");
  select.parentNode.hidden = false;
  try {
    select.value = localStorage.getItem(THEME) || "";
  } catch {
    /* where nothing can be kept, the theme is the system's */
  }
  pickTheme(select.value);
  select.addEventListener("change", () => {
    pickTheme(select.value);
    try {
      localStorage.setItem(THEME, select.value);
    } catch {
      /* it holds for this visit */
    }
  });
}

// A part of a page that scrolls sideways (a wide table, a long line of code) must be reachable by keyboard and have a name.
// Material wraps tables only after the page has loaded, and what overflows depends on the width: look again on resize.
(() => {
  const REGIONS = ".md-typeset__scrollwrap, .md-typeset pre > code";

  const name = (region) => (region.tagName === "CODE" ? "Code" : "Table");

  const mark = (region) => {
    const scrolls = region.scrollWidth > region.clientWidth;
    for (const [attribute, value] of [["tabindex", "0"], ["role", "group"], ["aria-label", name(region)]]) {
      if (scrolls) region.setAttribute(attribute, value);
      else region.removeAttribute(attribute);
    }
  };

  const content = document.querySelector(".md-content");
  if (!content) return;
  const sizes = new ResizeObserver((entries) => entries.forEach((entry) => mark(entry.target)));
  const watch = () => content.querySelectorAll(REGIONS).forEach((region) => sizes.observe(region));
  new MutationObserver(watch).observe(content, { childList: true, subtree: true });
  watch();
})();

// Buttons that show only the claims of one verdict. Without JavaScript the table is simply whole.
(() => {
  const block = document.querySelector(".claims[data-filter]");
  if (!block) return;
  const rows = [...block.querySelectorAll("tbody tr")];
  // What is described only has no badge: its word stands for it.
  const verdict = ({ cells: [, cell] }) => (cell.querySelector("[class^=verdict-]") ?? cell).textContent.trim();
  const count = (name) => rows.filter((row) => verdict(row) === name).length;
  const names = [...new Set(rows.map(verdict))].sort((a, b) => count(b) - count(a));

  const bar = document.createElement("p");
  bar.className = "filter";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Show claims by verdict");
  const button = (label, shown) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = label;
    made.addEventListener("click", () => {
      rows.forEach((row) => (row.hidden = !shown(row)));
      bar.querySelectorAll("button").forEach((other) => other.setAttribute("aria-pressed", other === made));
    });
    bar.append(made);
    return made;
  };
  button(`all ${rows.length}`, () => true).setAttribute("aria-pressed", "true");
  names.forEach((name) => button(`${count(name)} ${name}`, (row) => verdict(row) === name).setAttribute("aria-pressed", "false"));
  block.before(bar);
})();

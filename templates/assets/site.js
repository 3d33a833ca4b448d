// A part of a page that scrolls sideways (a wide table, a long line of code) must be reachable by keyboard and have a name.
// The theme puts the copy button of each piece of code into a landmark of its own; one button is none.
// Material wraps tables only after the page has loaded, and what overflows depends on the width: look again on resize.
(() => {
  const NAMES = {
    ".md-typeset__scrollwrap": "Table",
    ".md-typeset pre > code": "Code",
    ".md-typeset .formula": "Formula",
    ".md-typeset .tabbed-labels": "Choices",
  };

  const name = (region) => NAMES[Object.keys(NAMES).find((selector) => region.matches(selector))];

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
  const watch = () => {
    content.querySelectorAll(Object.keys(NAMES)).forEach((region) => sizes.observe(region));
    content.querySelectorAll(".md-code__nav:not([role])").forEach((nav) => nav.setAttribute("role", "none"));
  };
  new MutationObserver(watch).observe(content, { childList: true, subtree: true });
  watch();
})();

// Buttons that show only the claims of one verdict. Without JavaScript the table is simply whole.
(() => {
  const bar = document.querySelector(".filter");
  if (!bar) return;
  const buttons = [...bar.querySelectorAll("button")];
  // What is described only has no badge: its word stands for it.
  const verdict = ({ cells: [, cell] }) => (cell.querySelector("[class^=verdict-]") ?? cell).textContent.trim();
  const show = (chosen) => {
    document.querySelectorAll(".claims tbody tr").forEach((row) => {
      row.hidden = Boolean(chosen.value) && verdict(row) !== chosen.value;
    });
    buttons.forEach((button) => button.setAttribute("aria-pressed", button === chosen));
  };
  buttons.forEach((button) => button.addEventListener("click", () => show(button)));
})();

// A drawing at its full size, to be moved about on a small screen. The browser closes a dialog on Escape and gives the focus
// back to the button.
(() => {
  const dialog = document.createElement("dialog");
  dialog.className = "enlarged";
  dialog.setAttribute("aria-label", "Enlarged drawing");
  dialog.innerHTML =
    '<form method="dialog"><button type="submit">Close</button></form><div tabindex="0" role="group" aria-label="Drawing"></div>';
  const ground = dialog.lastElementChild;

  const enlarge = (figure) => {
    const shown = [...figure.querySelectorAll("img")].find((image) => image.offsetParent);
    const drawing = shown.cloneNode();
    drawing.loading = "eager";
    ground.replaceChildren(drawing);
    document.body.append(dialog);
    dialog.showModal();
  };

  document.querySelectorAll("figure:has(.enlarge)").forEach((figure) => {
    const open = () => enlarge(figure);
    figure.querySelector(".enlarge").addEventListener("click", open);
    figure.querySelectorAll("img").forEach((image) => image.addEventListener("click", open));
  });
})();

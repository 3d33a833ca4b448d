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

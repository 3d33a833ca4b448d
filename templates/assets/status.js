// Says beside each figure whether its numbers still hold. What is published never changes, so the answer is fetched from the
// list of all figures at the root; where it cannot be had, the link to the figure's status page stays as it is.
(() => {
  const SEVERITY = ["current", "superseded", "corrected", "withdrawn"];

  const worst = (entries) =>
    entries.reduce((a, b) => (SEVERITY.indexOf(b.status) > SEVERITY.indexOf(a.status) ? b : a));

  const tell = (link, figures) => {
    const { statusOf, numbers, version } = link.dataset;
    const figure = figures[statusOf];
    if (!figure || !Array.isArray(figure.versions)) return;
    const shown = figure.versions.filter((entry) => entry.data === numbers && (!version || entry.version === version));
    if (!shown.length) return;
    const { status, told } = worst(shown);
    link.dataset.status = status;
    link.textContent = `Status: ${told}`;
  };

  const links = document.querySelectorAll("[data-status-of]");
  if (!links.length || location.protocol === "file:") return;
  fetch(new URL(`${links[0].dataset.root}figures.json`, location))
    .then((answer) => (answer.ok ? answer.json() : { figures: {} }))
    .then(({ figures }) => links.forEach((link) => tell(link, figures)))
    .catch(() => {});
})();

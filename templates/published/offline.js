// For pages that are opened from a folder. A browser starts no worker there, so the search's worker runs in a hidden frame.
(() => {
  if (location.protocol !== "file:") return;

  // What the frame says goes to the page; what it hears is sent by `hear`, as its own `postMessage` now speaks.
  const inside = (address) => `
    <script>
      hear = postMessage.bind(window);
      postMessage = (data) => parent.postMessage(data, "*");
    </script>
    <script src="${address}"></script>`;

  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.append(frame);
      const inner = frame.contentWindow;
      addEventListener("message", ({ source, data }) => {
        if (source === inner) this.dispatchEvent(new MessageEvent("message", { data }));
      });
      inner.document.open();
      inner.document.write(inside(address));
      inner.document.close();
      this.ready = new Promise((resolve) => frame.addEventListener("load", () => resolve(inner)));
    }

    postMessage(data) {
      this.ready.then((inner) => inner.hear(data, "*"));
    }
  };
})();

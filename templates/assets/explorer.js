// The explorer: real runs, drawn and told anew as the reader moves the controls. What there is to show of each setting is a
// small file, made from the record beforehand; only the moving average of the drawn lines is computed here.
(() => {
  const root = document.querySelector("[data-explorer]");
  if (!root) return;
  // Opened from a folder, a page may fetch nothing: the figures below show the same.
  if (location.protocol === "file:") {
    root.hidden = true;
    return;
  }

  const chart = root.querySelector("svg");
  const sliders = [...root.querySelectorAll("input[type=range]")];
  const radios = [...root.querySelectorAll("input[type=radio]")];

  // The same as generator/stats/smoothing.py.
  const movingAverage = (values, smoothing) => {
    let average = 0;
    let missing = 1;
    return values.map((value) => {
      missing *= smoothing;
      average = smoothing * average + (1 - smoothing) * value;
      return average / (1 - missing);
    });
  };

  // What is chosen, and the address that says so ---------------------------------------------------------------------

  const values = (slider) => slider.dataset.values.split(" ");

  const chosen = () => ({
    ...Object.fromEntries(sliders.map((slider) => [slider.name, values(slider)[slider.value]])),
    curve: radios.find((radio) => radio.checked).value,
  });

  // Takes over what the address names and the page offers; everything else stays as it is.
  const takeAddress = () => {
    const named = new URLSearchParams(location.hash.slice(1));
    sliders.forEach((slider) => {
      const place = values(slider).indexOf(named.get(slider.name));
      if (place >= 0) slider.value = place;
    });
    radios.forEach((radio) => {
      if (radio.value === named.get("curve")) radio.checked = true;
    });
  };

  const keepAddress = () => history.replaceState(null, "", `#${new URLSearchParams(chosen())}`);

  // Data -------------------------------------------------------------------------------------------------------------

  const fetched = new Map();

  const fileOf = ({ rate, batch }) => `${rate}-${batch}`;

  // JSON has no word for what is beyond all numbers.
  const parsed = (text) => JSON.parse(text, (_, value) => value ?? Infinity);

  const request = async (name) => {
    const answer = await fetch(new URL(`${name}.json`, location));
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    return parsed(await answer.text());
  };

  const load = (name) => {
    if (!fetched.has(name)) {
      const data = request(name);
      data.catch(() => fetched.delete(name));
      fetched.set(name, data);
    }
    return fetched.get(name);
  };

  // Drawing ----------------------------------------------------------------------------------------------------------

  const MARGIN = { top: 26, right: 12, bottom: 44, left: 46 };

  const add = (name, attributes, text = "") => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.textContent = text;
    chart.append(made);
  };

  // From a value to a pixel; what is beyond the axis, or no number, stands at its end.
  const scale = ({ low, high }, from, to) => (value) => {
    const inside = Number.isNaN(value) ? high : Math.min(Math.max(value, low), high);
    const share = (inside - low) / (high - low);
    return (from + share * (to - from)).toFixed(1);
  };

  const line = (numbers, x, y) => `M${numbers.map((value, place) => `${x(place + 1)},${y(value)}`).join("L")}`;

  const area = (low, high, x, y) => {
    const back = low.map((value, place) => `${x(place + 1)},${y(value)}`).reverse();
    return `${line(high, x, y)}L${back.join("L")}Z`;
  };

  const drawAxes = (curve, name, width, height, x, y) => {
    const [left, right, bottom] = [MARGIN.left, width - MARGIN.right, height - MARGIN.bottom];
    curve.y.ticks.forEach(([value, label]) => {
      add("path", { class: "grid", d: `M${left},${y(value)}H${right}` });
      add("text", { x: left - 8, y: y(value), dy: "0.35em", "text-anchor": "end" }, label);
    });
    curve.x.ticks.forEach(([value, label]) => {
      add("text", { x: x(value), y: bottom + 18, "text-anchor": "middle" }, label);
    });
    add("path", { class: "axis", d: `M${left},${bottom}H${right}` });
    add("text", { x: (left + right) / 2, y: bottom + 37, "text-anchor": "middle" }, curve.point);
    add("text", { class: "name", x: 0, y: 13 }, `${name} (nats)`);
  };

  const draw = (curve, reference, smoothing, name) => {
    const { clientWidth: width, clientHeight: height } = chart;
    const x = scale(curve.x, MARGIN.left, width - MARGIN.right);
    const y = scale(curve.y, height - MARGIN.bottom, MARGIN.top);
    const [first, last] = curve.window;
    chart.replaceChildren();
    chart.setAttribute("viewBox", `0 0 ${width} ${height}`);
    add("path", { class: "window", d: `M${x(first)},${MARGIN.top}H${x(last)}V${height - MARGIN.bottom}H${x(first)}Z` });
    add("path", { class: "band", d: area(curve.low, curve.high, x, y) });
    drawAxes(curve, name, width, height, x, y);
    if (smoothing > 0) add("path", { class: "raw", d: line(curve.run, x, y) });
    if (reference !== curve) {
      const shown = reference.run.slice(0, curve.x.high);
      add("path", { class: "reference", d: line(movingAverage(shown, smoothing), x, y) });
    }
    add("path", { class: "run", d: line(movingAverage(curve.run, smoothing), x, y) });
  };

  // Telling ----------------------------------------------------------------------------------------------------------

  const tell = (key, text) => (root.querySelector(`[data-told="${key}"]`).textContent = text);

  const told = (setting, curve, smoothing) => {
    const { roughness, ratio, meaning, verdict } = curve.smoothed[smoothing];
    const runs = `5 to 95 % of ${setting.runs} runs`;
    tell("roughness", `${roughness[0]} nats`);
    tell("roughness-spread", `${runs}: ${roughness[1]} to ${roughness[2]}`);
    tell("ratio", `× ${ratio ? ratio[0] : 1}`);
    tell("ratio-spread", ratio ? `joint 95 % interval: ${ratio[1]} to ${ratio[2]}` : "this is the reference");
    tell("meaning", meaning ?? "none");
    tell("verdict", meaning ? `“rougher”: ${verdict}; not registered, n = ${setting.runs}` : "nothing to compare");
    tell("end", `${setting.end[0]} nats`);
    tell("end-spread", `${runs}: ${setting.end[1]} to ${setting.end[2]}; no smoothing changes it`);
  };

  const mark = ({ rate, batch, smoothing, curve }) => {
    sliders.forEach((slider) => {
      const value = values(slider)[slider.value];
      slider.setAttribute("aria-valuetext", value);
      root.querySelector(`output[for="${slider.id}"]`).textContent = value;
    });
    root.querySelector('[data-key="raw"]').hidden = smoothing === "0";
    root.querySelector('[data-key="reference"]').hidden = fileOf({ rate, batch }) === root.dataset.reference;
    const name = radios.find((radio) => radio.value === curve).nextElementSibling.textContent;
    chart.setAttribute("aria-label", `${name} of one run at learning rate ${rate}, batch size ${batch}, smoothing ${smoothing}`);
    return name;
  };

  const beyond = (curve, smoothing) => {
    const shown = movingAverage(curve.run, smoothing);
    const count = shown.filter((value) => !(value <= curve.y.high)).length;
    const text = `Drawn at the upper edge: ${count} of ${shown.length} points.`;
    root.querySelector(".explorer-beyond").textContent = count ? text : "\u00a0";
  };

  const show = async () => {
    const now = chosen();
    const name = mark(now);
    const [setting, reference] = await Promise.all([load(fileOf(now)), load(root.dataset.reference)]);
    if (JSON.stringify(now) !== JSON.stringify(chosen())) return;
    const curve = setting.curves[now.curve];
    draw(curve, reference.curves[now.curve], Number(now.smoothing), name);
    told(setting, curve, now.smoothing);
    beyond(curve, Number(now.smoothing));
  };

  const update = () => show().catch(() => tell("verdict", "the data could not be fetched"));

  root.addEventListener("input", () => {
    keepAddress();
    update();
  });
  addEventListener("hashchange", () => {
    takeAddress();
    update();
  });
  root.querySelectorAll("fieldset").forEach((fieldset) => (fieldset.disabled = false));
  takeAddress();
  new ResizeObserver(update).observe(chart);
})();

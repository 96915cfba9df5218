/* Run in a page by tests: what a reader would stumble over. */
/** Texts that stand out of the page at its right, but for the drawing, which scrolls by itself. */
function overflowing() {
  const found = document.documentElement.scrollWidth > window.innerWidth ? ["the page scrolls sideways"] : [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.textContent?.trim() || node.parentElement?.closest(".drawing, thead")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    if (range.getBoundingClientRect().right > window.innerWidth + 0.5) found.push(node.textContent.trim());
  }
  return found;
}

/** Texts whose contrast with their ground is less than WCAG AA asks: 4.5, or 3 where they are large. */
function unreadable() {
  const rgb = (text) => (text.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour) => {
    const [r = 0, g = 0, b = 0] = colour.slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const groundOf = (element) => {
    if (element instanceof SVGElement && element.tagName === "text") {
      const box = element.getBoundingClientRect();
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      const under = [...document.querySelectorAll("svg rect")].filter((rect) => {
        const { left, right, top, bottom } = rect.getBoundingClientRect();
        return left <= x && x <= right && top <= y && y <= bottom;
      });
      const last = under.at(-1);
      if (last) return rgb(getComputedStyle(last).fill);
    }
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  let seen = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent?.trim();
    if (!text || !element || element.closest("title, style") || element.getClientRects().length === 0) continue;
    seen++;
    const { color, fill, fontSize, fontWeight } = getComputedStyle(element);
    const own = luminance(rgb(element instanceof SVGElement ? fill : color));
    const ground = luminance(groundOf(element));
    const contrast = (Math.max(own, ground) + 0.05) / (Math.min(own, ground) + 0.05);
    const size = Number.parseFloat(fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700);
    if (contrast < (large ? 3 : 4.5)) found.push(`${text}: ${contrast.toFixed(2)}`);
  }
  return seen > 50 ? found : [`only ${seen} texts were seen`];
}

globalThis.pageChecks = { overflowing, unreadable };

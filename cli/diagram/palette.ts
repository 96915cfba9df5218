/** The colours of drawings and reports; each pair of text and ground has a contrast of 4.5 or more. */
const light = {
  ground: "#f6f7f9",
  surface: "#ffffff",
  raised: "#f3f5f8",
  rule: "#d5dae2",
  ink: "#16202e",
  faint: "#5a6675",
  "on-colour": "#ffffff",
  public: "#c2410c",
  token: "#a16207",
  mesh: "#0f766e",
  addresses: "#6d4bc3",
  internal: "#7b8796",
  good: "#15803d",
  caution: "#a16207",
  bad: "#c02626",
};

const dark: typeof light = {
  ground: "#0e131a",
  surface: "#161d27",
  raised: "#1e2733",
  rule: "#303b4a",
  ink: "#e8edf4",
  faint: "#98a5b6",
  "on-colour": "#0e131a",
  public: "#fb923c",
  token: "#facc15",
  mesh: "#2dd4bf",
  addresses: "#a78bfa",
  internal: "#7f8da0",
  good: "#4ade80",
  caution: "#facc15",
  bad: "#f87171",
};

/** CSS variables for a selector, by what the reader's system prefers. */
export function palette(selector: string): string {
  const declare = (colours: object) =>
    Object.entries(colours)
      .map(([name, value]) => `--${name}: ${value};`)
      .join(" ");
  return `${selector} { color-scheme: light dark; ${declare(light)} }\n@media (prefers-color-scheme: dark) { ${selector} { ${declare(dark)} } }\n`;
}

/** Light or dark: as the system has it, or as the person chose. */
const key = "marrow-theme";
const choices = ["system", "light", "dark"] as const;
type Theme = (typeof choices)[number];

const stored = (): Theme => choices.find((choice) => choice === localStorage.getItem(key)) ?? "system";

/** Sets the theme that was chosen last. */
export function applyTheme(theme: Theme = stored()): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** Goes on to the next theme and says which it is. */
export function nextTheme(): Theme {
  const theme = choices[(choices.indexOf(stored()) + 1) % choices.length];
  localStorage.setItem(key, theme);
  applyTheme(theme);
  return theme;
}

export const themeName = stored;

/** What surrounds every page: name, links, 'Research use only', theme, who is logged in. */
import type { User } from "../../src/reading/contract/index.js";
import { h } from "./element.js";
import { nextTheme, themeName } from "./theme.js";

interface Link {
  readonly address: string;
  readonly title: string;
  readonly roles: readonly User["role"][];
}

const everybody = ["reader", "senior", "administrator"] as const;
const links: readonly Link[] = [
  { address: "cases", title: "Work list", roles: everybody },
  { address: "studies", title: "Reader studies", roles: everybody },
  { address: "rounds", title: "Rounds", roles: ["senior", "administrator"] },
  { address: "results", title: "Results", roles: everybody },
  { address: "jobs", title: "Jobs", roles: everybody },
  { address: "people", title: "People", roles: ["administrator"] },
];

export interface Visitor {
  readonly user: User;
  readonly study: string;
  readonly onLogout: () => void;
}

/** The bar at the top. Without a visitor: for the log-in page. */
export function topBar(visitor: Visitor | undefined, current: string): HTMLElement {
  const own = links.filter(({ roles }) => visitor && roles.includes(visitor.user.role));
  return h(
    "header",
    { class: "top" },
    visitor && h("button", { type: "button", class: "skip", onclick: skip }, "Skip to content"),
    h("a", { href: "#cases", class: "brand" }, "Marrow"),
    visitor && h("span", { class: "study-name" }, visitor.study),
    visitor &&
      h(
        "nav",
        { "aria-label": "Pages" },
        own.map(({ address, title }) =>
          h("a", { href: `#${address}`, "aria-current": current === address ? "page" : undefined }, title),
        ),
      ),
    h("strong", { class: "research" }, "Research use only"),
    themeButton(),
    visitor && h("span", { class: "who" }, visitor.user.name),
    visitor && h("button", { type: "button", class: "quiet", onclick: visitor.onLogout }, "Log out"),
  );
}

/** For the keyboard: past the bar and the tools, to the first picture where there is one. */
function skip(): void {
  const first = (what: string) => document.querySelector<HTMLElement>(what);
  (first("main .pane-canvas") ?? first("main a, main button, main input"))?.focus();
}

const themeTitles = { system: "Light or dark: as the system", light: "Light", dark: "Dark" } as const;

function themeButton(): HTMLElement {
  const button = h("button", { type: "button", class: "quiet", onclick: () => show(nextTheme()) });
  const show = (theme: keyof typeof themeTitles) => (button.textContent = themeTitles[theme]);
  show(themeName());
  return button;
}

/** Accounts: the administrator makes them and changes what they may do. */
import { roles, type Account, type Role } from "../../src/reading/contract/index.js";
import { call } from "../api/client.js";
import { button, dropDown, textField } from "../ui/controls.js";
import { ask } from "../ui/dialog.js";
import { fill, h } from "../ui/element.js";
import { attempt, notify } from "../ui/notice.js";
import type { Page, PageContext } from "./page.js";

const roleTitles: Readonly<Record<Role, string>> = {
  reader: "Reader",
  senior: "Senior reader",
  administrator: "Administrator",
};
const roleChoices = roles.map((value) => ({ value, text: roleTitles[value] }));

export async function peoplePage(context: PageContext): Promise<Page> {
  const body = h("tbody", {});
  const show = async () => {
    const { users } = await call("users");
    fill(
      body,
      users.map((account) => accountRow(account, context, show)),
    );
  };
  await show();
  const titles = ["Name", "Role", "Last log-in", ""];
  const head = h(
    "thead",
    {},
    h(
      "tr",
      {},
      titles.map((title) => h("th", { scope: "col" }, title)),
    ),
  );
  const table = h("table", {}, head, body);
  return {
    element: h("div", { class: "wide" }, h("h1", {}, "People"), newAccount(show), table),
    title: "People",
  };
}

function newAccount(onMade: () => Promise<void>): HTMLElement {
  const name = textField("Name", {
    required: true,
    pattern: "[A-Za-z0-9][A-Za-z0-9_\\-]{0,39}",
    autocomplete: "off",
  });
  const password = textField("First password", {
    type: "password",
    required: true,
    minlength: 10,
    autocomplete: "new-password",
  });
  let role: Role = "reader";
  const list = dropDown("Role", roleChoices, role, (value) => (role = value));
  const make = async () => {
    await call("createUser", { body: { name: name.input.value, password: password.input.value, role } });
    notify(`${name.input.value} can log in now.`);
    form.reset();
    list.list.value = role;
    await onMade();
  };
  const form = h(
    "form",
    {
      class: "card row",
      onsubmit: (event: SubmitEvent) => {
        event.preventDefault();
        attempt(make);
      },
    },
    name.element,
    password.element,
    list.element,
    h("button", { type: "submit", class: "primary" }, "Add a person"),
  );
  return form;
}

function accountRow(account: Account, { user }: PageContext, onChange: () => Promise<void>): HTMLElement {
  const { name, role, active, lastLogin } = account;
  const change = (body: { role?: Role; active?: boolean }) =>
    attempt(async () => {
      try {
        await call("changeUser", { at: { name }, body });
      } finally {
        await onChange();
      }
    });
  const close = async () => {
    const text = `${name} cannot log in any more. Their masks stay.`;
    if ((await ask({ title: `Close the account of ${name}`, text, yes: "Close the account" })) !== undefined)
      change({ active: false });
  };
  const select = dropDown(`Role of ${name}`, roleChoices, role, (value) => change({ role: value }));
  select.element.classList.add("unlabelled");
  return h(
    "tr",
    { class: active ? "" : "closed" },
    h("th", { scope: "row" }, name),
    h("td", {}, select.element),
    h("td", {}, lastLogin === null ? "never" : new Date(lastLogin).toLocaleString()),
    h(
      "td",
      {},
      name !== user.name &&
        (active
          ? button("Close", () => attempt(close))
          : button("Open again", () => change({ active: true }))),
    ),
  );
}

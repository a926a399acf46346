/** First run and log-in: the only pages for those who are not logged in. */
import type { Session } from "../../src/reading/contract/index.js";
import { call } from "../api/client.js";
import { textField } from "../ui/controls.js";
import { fill, h } from "../ui/element.js";
import { problemBox } from "../ui/problem.js";

type OnSession = (session: Session) => void;

/** Asks for name and password. */
export function loginPage(onSession: OnSession): HTMLElement {
  const name = textField("Name", { autocomplete: "username", required: true, autofocus: true });
  const password = passwordField("Password", "current-password");
  const send = async () =>
    onSession(await call("login", { body: { name: name.input.value, password: password.input.value } }));
  return gate(
    "Log in",
    "Your name and password for this study.",
    [name.element, password.element],
    "Log in",
    send,
  );
}

/** Creates the administrator of a study that has no account yet. */
export function setupPage(onSession: OnSession): HTMLElement {
  const name = textField("Name", {
    autocomplete: "username",
    required: true,
    autofocus: true,
    pattern: "[A-Za-z0-9][A-Za-z0-9_\\-]{0,39}",
    title: "Letters, digits, hyphen and underscore; it begins with a letter or digit",
  });
  const password = passwordField("Password (10 characters or more)", "new-password", 10);
  const again = passwordField("Password again", "new-password", 10);
  const given = /setup=([\w-]+)/.exec(location.hash)?.[1];
  const isLocal = given === undefined && ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
  const code = textField("Code that `marrow serve` has printed", {
    autocomplete: "off",
    required: !isLocal,
    value: given,
  });
  const send = async () => {
    if (password.input.value !== again.input.value) throw new Error("The two passwords are not the same.");
    const body = { name: name.input.value, password: password.input.value };
    onSession(await call("setup", { body: isLocal ? body : { ...body, code: code.input.value } }));
  };
  const text =
    "This study has no account yet. Create the administrator: the person who makes accounts for the readers. " +
    "The name is also the name of the folder in which their masks are kept.";
  const fields = [name.element, password.element, again.element, !isLocal && code.element];
  return gate("Welcome to Marrow", text, fields, "Create the administrator", send);
}

function passwordField(label: string, autocomplete: string, minlength?: number) {
  return textField(label, { type: "password", autocomplete, required: true, minlength, maxlength: 200 });
}

type Field = HTMLElement | false;

function gate(
  title: string,
  text: string,
  fields: Field[],
  yes: string,
  send: () => Promise<void>,
): HTMLElement {
  const problem = h("div", {});
  const submit = h("button", { type: "submit", class: "primary" }, yes);
  const onsubmit = (event: SubmitEvent) => {
    event.preventDefault();
    submit.disabled = true;
    fill(problem);
    send()
      .catch((error: unknown) => fill(problem, problemBox(error)))
      .finally(() => (submit.disabled = false));
  };
  return h(
    "form",
    { class: "gate", onsubmit },
    h("h1", {}, title),
    h("p", {}, text),
    fields,
    problem,
    submit,
  );
}

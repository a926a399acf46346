/** Accounts of the reading room. Passwords are kept as Argon2id hashes (OWASP's parameters: 19 MiB, 2 passes). */
import { randomBytes } from "node:crypto";
import { argon2id, argon2Verify } from "hash-wasm";
import { MarrowError } from "../../base/errors.js";
import type { Account, Role, User } from "../../reading/contract/index.js";
import type { Store } from "../../reading/database.js";

interface UserRow {
  name: string;
  role: Role;
  password: string;
  active: number;
  created: string;
  last_login: string | null;
}

export interface AccountChange {
  readonly role?: Role | undefined;
  readonly password?: string | undefined;
  readonly active?: boolean | undefined;
}

export class Accounts {
  private decoy: Promise<string> | undefined;

  constructor(
    private readonly store: Store,
    private readonly now: () => Date,
  ) {}

  isEmpty(): boolean {
    return this.store.get("SELECT 1 AS yes FROM users LIMIT 1") === undefined;
  }

  all(): Account[] {
    return this.store.all<UserRow>("SELECT * FROM users ORDER BY name").map(accountOf);
  }

  /** The account of this name (upper and lower case are the same), open ones alone. */
  find(name: string): User | undefined {
    const row = this.row(name);
    return row?.active ? { name: row.name, role: row.role } : undefined;
  }

  /** Creates the first account, an administrator. Throws SETUP_DONE where there is one already. */
  async createFirst(name: string, password: string): Promise<User> {
    const hash = await hashed(password);
    this.store.transaction(() => {
      if (!this.isEmpty()) throw new MarrowError("SETUP_DONE");
      this.insert(name, "administrator", hash);
    });
    return { name, role: "administrator" };
  }

  /** Throws ACCOUNT_NAME where the name is taken. */
  async create(name: string, role: Role, password: string): Promise<Account> {
    const hash = await hashed(password);
    this.store.transaction(() => {
      if (this.row(name)) throw new MarrowError("ACCOUNT_NAME", { found: `${name} is taken` });
      this.insert(name, role, hash);
    });
    return this.account(name);
  }

  /** Throws ACCOUNT_UNKNOWN, ACCOUNT_LAST. */
  async change(name: string, { role, password, active }: AccountChange): Promise<Account> {
    const hash = password === undefined ? undefined : await hashed(password);
    this.store.transaction(() => {
      const { name: known } = this.account(name);
      if (role) this.store.run("UPDATE users SET role = ? WHERE name = ?", role, known);
      if (hash) this.store.run("UPDATE users SET password = ? WHERE name = ?", hash, known);
      if (active !== undefined)
        this.store.run("UPDATE users SET active = ? WHERE name = ?", Number(active), known);
      const left = this.store.get("SELECT 1 AS yes FROM users WHERE role = 'administrator' AND active = 1");
      if (!left) throw new MarrowError("ACCOUNT_LAST");
    });
    return this.account(name);
  }

  /** The user where the password is right. An unknown name takes as long as a wrong password. */
  async verify(name: string, password: string): Promise<User | undefined> {
    const row = this.row(name);
    this.decoy ??= hashed(randomBytes(16).toString("hex"));
    const right = await argon2Verify({
      password: password || " ",
      hash: row?.password ?? (await this.decoy),
    });
    if (!right || !row?.active) return undefined;
    return { name: row.name, role: row.role };
  }

  noteLogin(name: string): void {
    this.store.run("UPDATE users SET last_login = ? WHERE name = ?", this.now().toISOString(), name);
  }

  private insert(name: string, role: Role, hash: string): void {
    this.store.run(
      "INSERT INTO users (name, role, password, created) VALUES (?, ?, ?, ?)",
      ...[name, role, hash, this.now().toISOString()],
    );
  }

  private row(name: string): UserRow | undefined {
    return this.store.get<UserRow>("SELECT * FROM users WHERE name = ?", name);
  }

  private account(name: string): Account {
    const row = this.row(name);
    if (!row) throw new MarrowError("ACCOUNT_UNKNOWN", { found: name });
    return accountOf(row);
  }
}

function accountOf({ name, role, active, created, last_login }: UserRow): Account {
  return { name, role, active: active === 1, created, lastLogin: last_login };
}

function hashed(password: string): Promise<string> {
  const salt = randomBytes(16);
  return argon2id({
    password,
    salt,
    ...{ parallelism: 1, iterations: 2, memorySize: 19_456, hashLength: 32, outputType: "encoded" },
  });
}

/** Failed logins are counted for each account and each address; the counts survive a restart. */
import { MarrowError } from "../../base/errors.js";
import type { Store } from "../../reading/database.js";

export const loginLimits = { minutes: 15, account: 10, address: 50 };

export class LoginLimits {
  constructor(
    private readonly store: Store,
    private readonly now: () => Date,
  ) {}

  /** Throws LOGIN_BLOCKED where account or address have failed too often. */
  check(name: string, address: string): void {
    if (this.failures(accountKey(name)) >= loginLimits.account) throw new MarrowError("LOGIN_BLOCKED");
    if (this.failures(addressKey(address)) >= loginLimits.address) throw new MarrowError("LOGIN_BLOCKED");
  }

  noteFailure(name: string, address: string): void {
    const now = this.now().getTime();
    this.store.transaction(() => {
      this.store.run("DELETE FROM login_failures WHERE abs(? - time) > ?", now, this.window);
      for (const what of [accountKey(name), addressKey(address)])
        this.store.run("INSERT INTO login_failures (what, time) VALUES (?, ?)", what, now);
    });
  }

  /**
   * After a right password the account's failures are forgotten, and that this try was counted for the address; its real
   * failures are not, so that an account of one's own is no way to go on guessing others.
   */
  forget(name: string, address: string): void {
    this.store.transaction(() => {
      this.store.run("DELETE FROM login_failures WHERE what = ?", accountKey(name));
      this.store.run(
        "DELETE FROM login_failures WHERE rowid = (SELECT max(rowid) FROM login_failures WHERE what = ?)",
        addressKey(address),
      );
    });
  }

  private failures(what: string): number {
    const row = this.store.get<{ n: number }>(
      "SELECT count(*) AS n FROM login_failures WHERE what = ? AND abs(? - time) <= ?",
      ...[what, this.now().getTime(), this.window],
    );
    return row?.n ?? 0;
  }

  private readonly window = loginLimits.minutes * 60_000;
}

const accountKey = (name: string) => `account ${name.toLowerCase()}`;
const addressKey = (address: string) => `address ${address}`;

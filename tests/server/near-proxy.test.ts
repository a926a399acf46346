import { describe, expect, it } from "vitest";
import { isNearProxy } from "../../src/server/near-proxy.js";

describe("the proxy in front", () => {
  it.each([
    "127.0.0.1",
    "::1",
    "::ffff:127.0.0.1",
    "10.1.2.3",
    "172.20.0.2",
    "192.168.1.9",
    "fd00::7",
    "fe80::1%eth0",
  ])("is believed at %s, and nobody before it", (address) => {
    expect([isNearProxy(address, 0), isNearProxy(address, 1)]).toEqual([true, false]);
  });

  it.each(["198.51.100.7", "172.32.0.1", "::ffff:198.51.100.7", "2001:db8::1", "", "localhost"])(
    "is not believed at %s",
    (address) => {
      expect(isNearProxy(address, 0)).toBe(false);
    },
  );
});

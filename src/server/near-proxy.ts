/** Whose word about a client's address and protocol is taken, where a proxy is in front. */
import { BlockList, isIPv6 } from "node:net";

const near = new BlockList();
near.addSubnet("127.0.0.0", 8);
near.addSubnet("10.0.0.0", 8);
near.addSubnet("172.16.0.0", 12);
near.addSubnet("192.168.0.0", 16);
near.addAddress("::1", "ipv6");
near.addSubnet("fc00::", 7, "ipv6");
near.addSubnet("fe80::", 10, "ipv6");

/**
 * The peer itself (hop 0) where it is this machine or in a private network; never what it says of others before it, which a
 * client could have written.
 */
export function isNearProxy(address: string, hop: number): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  return hop === 0 && near.check(plain, isIPv6(plain) ? "ipv6" : "ipv4");
}

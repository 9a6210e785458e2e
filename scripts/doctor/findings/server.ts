/** Of what the tracker is for: the server, what waits for it, and the fix. */
import type { Finding } from "../finding.ts";
import * as says from "../words.ts";

/** Of the outbox: more than half is taken only where nobody looked for long. */
const LARGE_SHARE = 0.5;

/** Of what the server says to a request for a login, the tracker names the settings where it may be for these. */
const namesTheKeys = (reason: string): boolean => reason.includes("provision_key");

export const SERVER_FINDINGS: Finding[] = [
  // Server
  {
    id: "token-refused",
    area: "server",
    seen: ({ serverReason }) => says.saysBadLogin(serverReason),
    finding: "the server refuses the access token",
    cause: ({ host }) =>
      `${host} has no device with the token in the settings, or the device has other credentials`,
    remedy:
      "in ThingsBoard: the device, Copy access token; then npm run config, npm run flash -- --config tracker.json",
  },
  {
    id: "provision-keys",
    area: "server",
    seen: ({ serverReason }) => says.saysNoLogin(serverReason) && namesTheKeys(serverReason),
    finding: "the server gives no login: it does not take the provisioning key or secret",
    cause: ({ host }) =>
      `${host} has no device profile with the key and the secret in the settings, or its provisioning is disabled`,
    remedy:
      "in ThingsBoard: Profiles, Device profiles, Device provisioning; then npm run config, npm run flash -- --config tracker.json",
  },
  {
    id: "provision-refused",
    area: "server",
    seen: ({ serverReason }) => says.saysNoLogin(serverReason),
    finding: ({ serverReason }) => `the server gives no login: ${says.withoutRetry(serverReason)}`,
    cause:
      "the name is another device's, or of none that was made beforehand where the profile wants that; or the tenant has room for no more",
    remedy:
      "in ThingsBoard: look for the name among the devices; delete the one that has it, or make one, as the profile wants it",
  },
  {
    id: "client-id-refused",
    area: "server",
    seen: ({ serverReason }) => says.saysClientId(serverReason),
    finding: "the server refuses the client_id",
    cause: "it wants another one, or none",
    remedy: "npm run config: leave server.client_id empty, or give that of the device's credentials",
  },
  {
    id: "server-busy",
    area: "server",
    seen: ({ serverReason }) => says.saysServerBusy(serverReason),
    finding: "the server refuses connections for now",
    cause: "it is overloaded, or the device is over its rate limit",
    remedy: "wait; report less often: npm run config, interval_s",
  },
  {
    id: "not-mqtt",
    area: "server",
    seen: ({ serverReason }) => says.saysNoMqtt(serverReason),
    finding: "what answers is no MQTT server",
    cause: ({ host, port }) => `${host}:${port} speaks something else, as a web server or MQTT over TLS does`,
    remedy: "MQTT without TLS is port 1883 most often, with TLS 8883: npm run config",
  },
  {
    id: "host-unknown",
    area: "server",
    seen: ({ serverReason }) => says.saysDns(serverReason),
    finding: ({ host }) => `server unreachable: nobody knows the name ${host}`,
    cause: "a typing error in server.host, or the network's DNS does not answer",
    remedy: "try the name on this computer; npm run config",
  },
  {
    id: "server-refuses",
    area: "server",
    seen: ({ serverReason }) => says.saysRefused(serverReason),
    finding: ({ host, port }) => `server unreachable: ${host}:${port} refuses the connection`,
    cause: "the server does not run, the port is wrong, or a firewall is between",
    remedy: ({ host, port }) =>
      `try nc -vz ${host} ${port} on a computer outside the server's network; npm run config`,
  },
  {
    id: "server-silent",
    area: "server",
    seen: ({ serverReason }) => says.saysNoReply(serverReason),
    finding: ({ host, port }) => `server unreachable: ${host}:${port} does not answer`,
    cause: "wrong host or port, a firewall, or a private APN that leads nowhere else",
    remedy: ({ host, port }) =>
      `try nc -vz ${host} ${port} on a computer outside the server's network; npm run config`,
  },
  {
    id: "server-closes",
    area: "server",
    seen: ({ serverReason }) => says.saysClosed(serverReason),
    finding: "the server closes the connection",
    cause:
      "ThingsBoard says no in this way: another device has the same token or certificate, they were changed, the rate limit, a message it does not take",
    remedy: "see that one board alone has this token; the reason is in ThingsBoard's log",
  },
  {
    id: "no-requests",
    area: "server",
    seen: ({ status }) => says.saysNoRequests(status?.server ?? ""),
    finding: "connected, but the server refuses the subscription to RPC requests",
    cause: "it is no ThingsBoard, or an MQTT server whose rules forbid this device the topic",
    remedy: "allow it the topic; on another MQTT server than ThingsBoard leave server.topics at 1",
  },
  {
    id: "link-lost",
    area: "server",
    seen: ({ serverReason }) => says.saysLinkLost(serverReason),
    finding: "the connection breaks off",
    cause: "weak signal, or the network lets connections drop",
    remedy: "better antenna or place; the tracker keeps fixes and tries again by itself",
  },

  // Outbox
  {
    id: "outbox-filling",
    area: "outbox",
    seen: ({ status, places }) =>
      status !== undefined && status.state !== "online" && status.waiting > places * LARGE_SHARE,
    finding: ({ status, places }) =>
      `samples pile up: ${status?.waiting} of ${places} places in the outbox are taken`,
    cause: ({ status }) =>
      `there was no connection for long, see above; when the outbox is full the oldest go${status?.dropped ? `, as ${status.dropped} did so far` : ""}`,
    remedy:
      "what waits is sent when the connection is back; for more time until then: npm run config, outbox_bytes and interval_s",
  },

  // Fix
  {
    id: "no-receiver",
    area: "fix",
    seen: ({ fixReason }) => says.saysNoReceiver(fixReason),
    finding: "no fix: the modem has no GNSS receiver",
    cause: "this modem's variant comes without",
    remedy: "use a variant with GNSS, see its data sheet",
  },
  {
    id: "receiver-silent",
    area: "fix",
    seen: ({ fixReason }) => says.saysSilentReceiver(fixReason),
    finding: "no fix: nothing comes from the GNSS receiver",
    cause: "it has no power, its wire is off or on the wrong pin, or gnss_port is another device",
    remedy: "check its power, its TX on the board's RX, and gnss_port (ls /dev/serial/by-id)",
  },
  {
    id: "receiver-garbled",
    area: "fix",
    seen: ({ fixReason }) => says.saysGarbledReceiver(fixReason),
    finding: "no fix: what comes from the GNSS receiver is no NMEA",
    cause: "it speaks at another speed than gnss_baud, or a protocol of its maker",
    remedy: "set gnss_baud to its speed (mostly 9600, 38400 or 115200), and the receiver to NMEA",
  },
  {
    id: "no-fix",
    area: "fix",
    seen: ({ fixReason }) => says.saysNoFix(fixReason),
    finding: "no fix",
    cause: "the receiver sees too few satellites: no GNSS antenna, or no open sky",
    remedy: "put the GNSS antenna on the GNSS socket and go outdoors; the first fix takes a minute or more",
  },
];

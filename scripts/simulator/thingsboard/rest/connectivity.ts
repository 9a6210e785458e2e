/** What the server is, and where devices reach it. */
import { FileAnswer, notFound, type Request } from "./request.ts";
import type { Route } from "./routes.ts";

export const CONNECTIVITY: readonly Route[] = [
  {
    method: "GET",
    path: "/api/system/info",
    answer: ({ tenant }) => ({
      version: tenant.version,
      artifact: "stand-in",
      name: "ThingsBoard stand-in",
      type: "CE",
    }),
  },
  { method: "GET", path: "/api/device-connectivity/{deviceId}", answer: commands },
  {
    method: "GET",
    path: "/api/device-connectivity/{protocol}/certificate/download",
    open: true,
    answer(request) {
      const protocol = request.part("protocol");
      const root = protocol === "mqtts" ? request.tenant.connectivity?.root : undefined;
      if (root === undefined) throw notFound(`${protocol} pem cert file is not found!`);
      return new FileAnswer(Buffer.from(root), ROOT, "application/octet-stream");
    },
  },
];

/** The name that the file gets. */
const ROOT = "tb-server-chain.pem";

/** What to type to send something as this device, each way with host and port in it. */
function commands(request: Request): object {
  const { token, basic } = request.device();
  const { connectivity } = request.tenant;
  if (!connectivity) return {};
  // Of a device that logs in by certificate.
  if (token === undefined && !basic) return { mqtt: { mqtts: "Check documentation" } };
  const { host, mqtt_port, mqtts_port } = connectivity;
  const login = [
    ["-i", basic?.client_id],
    ["-u", token ?? basic?.username],
    ["-P", basic?.password],
  ].map(([flag, value]) => (value ? ` ${flag} "${value}"` : ""));
  const command = (port: number, options = ""): string =>
    `mosquitto_pub -d -q 1${options} -h ${host} -p ${port} -t v1/devices/me/telemetry${login.join("")} -m "{temperature:25}"`;
  return {
    mqtt: {
      mqtt: command(mqtt_port),
      ...(mqtts_port !== undefined && { mqtts: [FETCH, command(mqtts_port, ` --cafile ${ROOT}`)] }),
    },
  };
}

const FETCH = `curl -f -S -o ${ROOT} http://127.0.0.1/api/device-connectivity/mqtts/certificate/download`;

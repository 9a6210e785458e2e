/** Verdicts as lines to read. */
import { type DeviceError, SilentError } from "../device/device.ts";
import { type Paint, plain } from "../screen.ts";
import type { Verdict } from "./judge.ts";

export function reportLines(verdicts: Verdict[], paint = plain): string[] {
  return verdicts.flatMap((verdict) =>
    verdict.kind === "ok"
      ? [`${paint("green", "ok")}     ${verdict.line}`]
      : faultLines(verdict.finding, verdict.cause, verdict.remedy, paint),
  );
}

/** Nothing on the port says that it is Espruino. */
const SILENT = {
  id: "console-silent",
  cause:
    "no Espruino on the board, another port or speed; or the tracker runs on it and has this port for its modem, as on a RAK8212",
  remedy:
    "try the other ports; a RAK8212: npm run flash holds it after switching it off and on, or use its Bluetooth console; else install Espruino, see espruino.com/Download",
};
const UNREACHABLE = {
  id: "console-unreachable",
  cause: "there is no console to talk to, or it was lost",
  remedy: "check the cable, and --port or --tcp",
};

/** The board could not be looked at. */
export const consoleVerdict = (error: DeviceError): Verdict => ({
  kind: "fault",
  area: "console",
  finding: error.message,
  ...(error instanceof SilentError ? SILENT : UNREACHABLE),
});

const faultLines = (finding: string, cause: string, remedy: string, paint: Paint): string[] => [
  `${paint(["red", "bold"], "FAULT")}  ${finding}`,
  `       cause: ${cause}`,
  `       next:  ${remedy}`,
];

/** Verdicts as lines to read. */
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
export function silentLines(message: string, paint = plain): string[] {
  return [
    ...faultLines(
      message,
      "no Espruino on the board, another port or speed; or the tracker runs on it and has this port for its modem, as on a RAK8212",
      "try the other ports; a RAK8212: npm run flash holds it after switching it off and on, or use its Bluetooth console; else install Espruino, see espruino.com/Download",
      paint,
    ),
  ];
}

const faultLines = (finding: string, cause: string, remedy: string, paint: Paint): string[] => [
  `${paint(["red", "bold"], "FAULT")}  ${finding}`,
  `       cause: ${cause}`,
  `       next:  ${remedy}`,
];

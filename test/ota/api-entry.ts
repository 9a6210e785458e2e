/** The functions of `#ota` for who stands at the console, as part of programs that the tests update each other with. */
import {
  activate,
  complete,
  confirm,
  isTrial,
  lastVerdict,
  resumeAt,
  slotBytes,
  startTrial,
  store,
} from "../../firmware/ota/slots.ts";

declare const global: Record<string, unknown>;

global.ota = {
  activate: activate,
  complete: complete,
  confirm: confirm,
  isTrial: isTrial,
  lastVerdict: lastVerdict,
  resumeAt: resumeAt,
  slotBytes: slotBytes,
  store: store,
};
startTrial();

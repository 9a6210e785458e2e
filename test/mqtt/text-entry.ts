/** What text.test.ts builds, to run it on the simulated board. */
import { fromUtf8, json, toText } from "../../firmware/mqtt/text.ts";

declare const global: Record<string, unknown>;

global.text = { fromUtf8: fromUtf8, json: json, toText: toText };

import { readFileSync } from "node:fs";
import { pretokenise } from "./device/pretokenise.ts";
for (const b of ["rak8212","linux"]) { const c = readFileSync(`dist/${b}.js`,"latin1"); console.log(b, c.length, pretokenise(c,"2v29").length); }
import { interpreterRows } from "/work/main/scripts/bench/interpreter.ts";
console.log((await interpreterRows()).map(r=>r.figure));
process.exit(0)

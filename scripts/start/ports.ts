/** Ports of this machine that stay the same from run to run, where they are free. */
import { createServer } from "node:net";
import { Fault, systemWords } from "../fault.ts";

const HOST = "127.0.0.1";
/** So many after the usual one are tried before any at all will do. */
const NEXT = 20;

/** Undefined: it can be listened on; else why not. */
function obstacle(port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen(port, HOST, () => server.close(() => resolve(undefined)));
  });
}

/**
 * `given`: the user's, by this option; 0: any that is free. Without one the usual, or the next that is free. Throws `Fault`
 * when the one that is given cannot be had.
 */
export async function choosePort(option: string, given: number | undefined, usual: number): Promise<number> {
  if (given !== undefined) {
    const error = await obstacle(given);
    if (!error) return given;
    throw new Fault(`${option} ${given}: ${error.code === "EADDRINUSE" ? "is taken" : systemWords(error)}`);
  }
  for (let port = usual; port < usual + NEXT; port++) if (!(await obstacle(port))) return port;
  return 0;
}

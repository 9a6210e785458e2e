/** The serial ports of this computer, and which of them looks like a board. */
import { readdir, readFile, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SerialPort } from "serialport";
import { DeviceError } from "./device.ts";

/** Where Linux lists its terminals. */
const SYSFS = "/sys/class/tty";
/** From a terminal up to its USB device. */
const USB_DEPTH = 5;

export interface Port {
  path: string;
  /** What it looks like, in words. */
  looks: string;
  /** Could it be a board's console? */
  candidate: boolean;
}

/** A serial port as the system lists it; identifiers in lower-case hex. */
interface ListedPort {
  path: string;
  vendor?: string | undefined;
  product?: string | undefined;
}

/** By vendor and product, or by the vendor alone. What may be a board comes as a candidate. */
const KNOWN: Record<string, [looks: string, candidate: boolean]> = {
  "0483:5740": ["Espruino over USB (STM32, such as the Wio LTE)", true],
  "1915:520f": ["Espruino over USB (nRF52840, such as the RAK5010)", true],
  "1915:521f": ["an nRF52's bootloader, not Espruino; reset the board to leave it", false],
  "0403": ["a USB serial adapter (FTDI)", true],
  "10c4": ["a USB serial adapter (CP210x)", true],
  "1a86": ["a USB serial adapter (CH340)", true],
  "067b": ["a USB serial adapter (PL2303)", true],
  "1366": ["a SEGGER J-Link's serial port", true],
  "2c7c": ["a Quectel modem, not the board", false],
  "05c6": ["a modem (Qualcomm), not the board", false],
};

function describe({ path, vendor, product }: ListedPort): Port {
  if (!vendor) return { path, looks: "a built-in serial port", candidate: false };
  const id = `${vendor}:${product}`;
  const [looks, candidate] = KNOWN[id] ?? KNOWN[vendor] ?? ["a USB device that is not known here", true];
  return { path, looks: `${looks}, ${id}`, candidate };
}

/** The serial ports there are, candidates first: "/dev/ttyACM0", "/dev/cu.usbmodem1101", "COM3". */
export async function listPorts(
  sysfs = SYSFS,
  platform: NodeJS.Platform = process.platform,
  list: typeof SerialPort.list = SerialPort.list,
): Promise<Port[]> {
  const listed = platform === "linux" ? await listLinux(sysfs) : await listOthers(list);
  return listed
    .map(describe)
    .sort((a, b) => Number(b.candidate) - Number(a.candidate) || a.path.localeCompare(b.path));
}

/** From sysfs itself: `SerialPort.list` needs the program udevadm, which small systems lack. */
async function listLinux(sysfs: string): Promise<ListedPort[]> {
  const names = (await readdir(sysfs).catch(() => [])).filter((name) => /^tty(ACM|USB|AMA)\d+$/.test(name));
  return Promise.all(
    names.map(async (name) => ({ path: `/dev/${name}`, ...(await usbIds(join(sysfs, name, "device"))) })),
  );
}

async function usbIds(device: string): Promise<Pick<ListedPort, "vendor" | "product">> {
  const read = (file: string): Promise<string> => readFile(file, "utf8").then((text) => text.trim());
  let directory = await realpath(device).catch(() => "");
  for (let i = 0; directory && i < USB_DEPTH; i++) {
    const vendor = await read(join(directory, "idVendor")).catch(() => undefined);
    if (vendor) return { vendor, product: await read(join(directory, "idProduct")).catch(() => "") };
    directory = dirname(directory);
  }
  return {};
}

async function listOthers(list: typeof SerialPort.list): Promise<ListedPort[]> {
  const ports = await list();
  return ports.map(({ path, vendorId, productId }) => ({
    // macOS has each port twice, and opening the one that is listed waits for a modem's carrier.
    path: path.replace(/^\/dev\/tty\./, "/dev/cu."),
    vendor: vendorId?.toLowerCase(),
    product: productId?.toLowerCase(),
  }));
}

/** The only port that may be a board's. Throws `DeviceError` when there is none or more than one, and lists them. */
export async function pickPort(list: () => Promise<Port[]> = listPorts): Promise<string> {
  const ports = await list();
  const candidates = ports.filter(({ candidate }) => candidate);
  if (candidates.length === 1 && candidates[0]) return candidates[0].path;
  const shown = ports.map(({ path, looks }) => `\n  ${path}  ${looks}`).join("");
  if (candidates.length > 1)
    throw new DeviceError(`several ports may be the board's, say which with --port:${shown}`);
  throw new DeviceError(
    `no port looks like a board's; is it plugged in, with a cable that carries data? (--port PATH or --tcp HOST:PORT)${shown}`,
  );
}

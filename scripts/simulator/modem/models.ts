/** What differs between the module families, from their manuals and from logs of real units. */
export interface Model {
  name: ModelName;
  family: "BG9x" | "EC2x";
  revision: string;
  /** PWRKEY low this long switches on; longer, from running, switches off at the release. */
  powerOnPress_ms: number;
  powerOffPress_ms: number;
  /** RESET_N low this long resets. The BG95 has no reset line of its own: RESET_N is PWRKEY held this long. */
  resetPress_ms: number;
  resetIsPowerKey: boolean;
  /** From the start of the PWRKEY pulse to STATUS high and to the first byte on the UART. */
  status_ms: number;
  uart_ms: number;
  /** From the switch-off to dead. */
  off_ms: number;
  /** From a reset (RESET_N, a crash, CFUN=1,1) to RDY. */
  restart_ms: number;
  /** After RDY: when the application is ready, which BG9x says by APP RDY. */
  applicationReady_ms: number;
  saysApplicationReady: boolean;
  /** Between RDY and APP RDY every command but AT is answered by ERROR. */
  errorsBeforeReady: boolean;
  /** What a PWRKEY switch-off prints. */
  powerKeyOffText: string;
  /** What it prints as it goes to PSM. The PSM note (3.6) has POWER DOWN; drivers of BG96 and BG95 wait for this one. */
  psmText: string;
  /** Factory value of QURCCFG "urcport": on "usbat" a UART host sees no URC. */
  urcPort: "uart1" | "usbat";
  /** Does the buffer mode URC carry the length? */
  recvLength: boolean;
  /** `> ` or `>`. */
  promptSpace: boolean;
  /** `+QIGETERROR: 563, text` or `563,text`. */
  errorSpace: boolean;
  /** QIACT on an active context: ERROR, or OK. */
  activateTwiceFails: boolean;
  /** AT+CGACT stops the module from answering at all. */
  cgactHangs: boolean;
  qcsqName: string;
  networkName: string;
  band: string;
  /** AcT of the LTE network: 8 LTE-M, 7 E-UTRAN. */
  accessTechnology: number;
  /** Decimals of the seconds in QGPSLOC. */
  utcDecimals: number;
  /** QGPS takes mode, accuracy, count, rate rather than mode, time, distance, count, rate. */
  gnssAccuracyArgument: boolean;
  /** One receiver for LTE and GNSS, switched by QGPSCFG "priority". */
  sharedReceiver: boolean;
  /** CTZU=3 (local time into the clock) exists. */
  localTimeUpdate: boolean;
}

export type ModelName = "BG96" | "BG95" | "EC21" | "EC25";

const BG96: Model = {
  name: "BG96",
  family: "BG9x",
  revision: "BG96MAR02A07M1G",
  powerOnPress_ms: 500,
  powerOffPress_ms: 650,
  resetPress_ms: 150,
  resetIsPowerKey: false,
  status_ms: 4800,
  uart_ms: 4900,
  off_ms: 2000,
  restart_ms: 5500,
  applicationReady_ms: 600,
  saysApplicationReady: true,
  errorsBeforeReady: false,
  powerKeyOffText: "NORMAL POWER DOWN",
  psmText: "PSM POWER DOWN",
  urcPort: "uart1",
  recvLength: false,
  promptSpace: true,
  errorSpace: true,
  activateTwiceFails: true,
  cgactHangs: true,
  qcsqName: "CAT-M1",
  networkName: "CAT-M1",
  band: "LTE BAND 20",
  accessTechnology: 8,
  utcDecimals: 1,
  gnssAccuracyArgument: false,
  sharedReceiver: false,
  localTimeUpdate: false,
};

const BG95: Model = {
  ...BG96,
  name: "BG95",
  revision: "BG95M3LAR02A04",
  resetPress_ms: 2000,
  resetIsPowerKey: true,
  status_ms: 2100,
  uart_ms: 2500,
  off_ms: 1300,
  restart_ms: 3500,
  applicationReady_ms: 1500,
  errorsBeforeReady: true,
  recvLength: true,
  activateTwiceFails: false,
  cgactHangs: false,
  qcsqName: "eMTC",
  networkName: "eMTC",
  gnssAccuracyArgument: true,
  sharedReceiver: true,
  localTimeUpdate: true,
};

const EC25: Model = {
  ...BG96,
  name: "EC25",
  family: "EC2x",
  revision: "EC25EFAR06A06M4G",
  powerOnPress_ms: 100,
  status_ms: 10_000,
  uart_ms: 12_000,
  off_ms: 3000,
  restart_ms: 12_000,
  saysApplicationReady: false,
  powerKeyOffText: "POWERED DOWN",
  urcPort: "usbat",
  promptSpace: true,
  errorSpace: false,
  activateTwiceFails: false,
  cgactHangs: false,
  qcsqName: "LTE",
  networkName: "FDD LTE",
  band: "LTE BAND 3",
  accessTechnology: 7,
  utcDecimals: 3,
  localTimeUpdate: true,
};

export const models: Record<ModelName, Model> = {
  BG96,
  BG95,
  EC25,
  EC21: { ...EC25, name: "EC21", revision: "EC21EFAR06A04M4G", promptSpace: false },
};

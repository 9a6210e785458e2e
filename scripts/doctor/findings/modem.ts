/** Of the way into the network: modem, SIM, registration, PDP context. */
import type { Finding } from "../finding.ts";
import * as says from "../words.ts";

const SEEN_ON_PHONE = "put the SIM into a phone and see whether it gets data there";
const PATIENCE = "the first search can take minutes: npm run doctor -- --wait 300";

export const MODEM_FINDINGS: Finding[] = [
  // Modem
  {
    id: "modem-silent",
    area: "modem",
    seen: ({ modemReason }) => says.saysSilent(modemReason),
    finding: "the modem does not answer",
    cause: "it has no power, is not on its UART, or runs at another baud rate",
    remedy: ({ env }) =>
      /LINUX/.test(env.BOARD)
        ? "check that modem_port in the settings is its AT port (often the third ttyUSB), and that no other program (ModemManager) has it"
        : "check the supply: a modem draws 2 A in bursts, more than a USB port gives; connect the battery, then restart the board",
  },
  {
    id: "modem-restarts",
    area: "modem",
    seen: ({ modemReason }) => says.saysRestarted(modemReason),
    finding: "the modem switched itself off or restarted",
    cause: "most often the supply breaks down when it sends",
    remedy: "connect the battery or a supply of 2 A",
  },

  // SIM
  {
    id: "no-sim",
    area: "sim",
    seen: ({ sim, modemReason }) => sim.error === 10 || (!sim.asked && says.saysNoSim(modemReason)),
    finding: "no SIM",
    cause: "there is none in the holder, it is the wrong way round, or its contacts are dirty",
    remedy: "power off, put the SIM in, power on",
  },
  {
    id: "sim-blocked",
    area: "sim",
    seen: ({ sim, modemReason }) => /PUK/.test(sim.word) || (!sim.asked && says.saysPuk(modemReason)),
    finding: "the SIM is blocked and wants its PUK",
    cause: "a wrong PIN was entered three times",
    remedy: "put the SIM into a phone, enter the PUK and a new PIN, then npm run config with that PIN",
  },
  {
    id: "last-pin-try",
    area: "sim",
    seen: ({ sim, modemReason }) =>
      says.saysLastPin(modemReason) || (sim.word === "SIM PIN" && sim.triesLeft === 1),
    finding: "the SIM has one PIN try left, which the tracker does not use",
    cause: "wrong PINs were entered before",
    remedy: "put the SIM into a phone and enter the right PIN; then npm run config with it",
  },
  {
    id: "wrong-pin",
    area: "sim",
    seen: ({ sim, modemReason, pinGiven }) =>
      says.saysWrongPin(modemReason) || (sim.word === "SIM PIN" && pinGiven && says.saysPin(modemReason)),
    finding: "wrong PIN",
    cause: ({ sim }) =>
      `the SIM refused the PIN in the settings${sim.triesLeft === undefined ? "" : `; ${sim.triesLeft} tries are left`}`,
    remedy:
      "npm run config with the right PIN, or switch the PIN off in a phone; then npm run flash -- --config tracker.json",
  },
  {
    id: "pin-wanted",
    area: "sim",
    seen: ({ sim, modemReason }) => /PIN/.test(sim.word) || (!sim.asked && says.saysPin(modemReason)),
    finding: "the SIM wants a PIN",
    cause: "the settings have none",
    remedy:
      "npm run config with the PIN, or switch it off in a phone; then npm run flash -- --config tracker.json",
  },
  {
    id: "bad-sim",
    area: "sim",
    seen: ({ sim, modemReason }) =>
      sim.error === 13 || sim.error === 15 || (!sim.asked && says.saysBadSim(modemReason)),
    finding: "the SIM does not work",
    cause: "bad contact, a broken card, or one that is locked to other devices",
    remedy: `reseat it; ${SEEN_ON_PHONE}`,
  },
  {
    id: "sim-busy",
    area: "sim",
    seen: ({ sim, modemReason }) => sim.error === 14 || (!sim.asked && says.saysBusySim(modemReason)),
    finding: "the SIM is busy",
    cause: "normal for 20 seconds after power-on, else a bad contact",
    remedy: "run npm run doctor again; if it stays, reseat the SIM",
  },

  // Network
  {
    id: "network-denied",
    area: "network",
    seen: ({ registration, modemReason }) =>
      registration.includes(3) || (!registration.length && says.saysDenied(modemReason)),
    finding: "not registered: the network refuses the SIM",
    cause:
      "the SIM is not activated, its plan has no data, NB-IoT or LTE-M, or does not allow this network or this IMEI",
    remedy: ({ iccid, imei }) =>
      `ask its provider${iccid ? `, ICCID ${iccid}` : ""}${imei ? `, IMEI ${imei}` : ""}`,
  },
  {
    id: "no-signal",
    area: "network",
    seen: ({ registration, isRegistered, rssi, modemReason }) =>
      !isRegistered && rssi === 99 && (registration.length > 0 || says.saysNoNetwork(modemReason)),
    finding: "not registered: the modem hears no network",
    cause:
      "no antenna on the modem's LTE socket (it is not the GNSS one), or no LTE-M, NB-IoT or GSM here that the SIM may use",
    remedy: `check the antenna, go to a window; ${PATIENCE}`,
  },
  {
    id: "no-network",
    area: "network",
    seen: ({ registration, isRegistered, modemReason }) =>
      !isRegistered && (registration.length > 0 || says.saysNoNetwork(modemReason)),
    finding: "not registered: there is a signal, but no network takes the SIM",
    cause: "the SIM's operator has no network of the modem's kind here, or roaming is off",
    remedy: `${SEEN_ON_PHONE}; ask its provider about LTE-M and NB-IoT here; ${PATIENCE}`,
  },

  // PDP context
  {
    id: "no-context",
    area: "context",
    seen: ({ modemReason, serverReason }) =>
      says.saysNoContext(modemReason) || says.saysNoContext(serverReason),
    finding: "no PDP context: registered, but the network gives no data connection",
    cause: ({ apn }) =>
      apn
        ? `the APN "${apn}" or its user and password are wrong for this SIM`
        : "the settings name no APN, and this SIM needs one",
    remedy: "ask the SIM's provider for the APN; npm run config, then npm run flash -- --config tracker.json",
  },
];

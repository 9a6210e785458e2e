/** AT+QSSLCFG: the settings of the TLS contexts. They are lost when the module restarts. */
import { ECDSA_SUITES, RSA_SUITES, type TlsVersion } from "../tls/cryptography.ts";
import { type Command, integer, quoted } from "./command.ts";
import type { Core } from "./core.ts";

const MOST_CONTEXT = 5;
const ANY_SUITE = 0xffff;
const LONGEST_NAME = 80;

/** One setting: how the test form shows its values, its factory value, and what a value given is stored as. */
interface Setting {
  values: string;
  factory: string;
  /** Undefined: it is not one. */
  read(command: Command): string | undefined;
}

const number = (least: number, most: number, factory: number): Setting => ({
  values: most - least === 1 ? `(${least},${most})` : `(${least}-${most})`,
  factory: String(factory),
  read: (command) => integer(command, 2, least, most)?.toString(),
});

const file = (placeholder: string): Setting => ({
  values: `<${placeholder}>`,
  factory: '""',
  read(command) {
    const name = quoted(command, 2);
    return name === undefined || name.length > LONGEST_NAME ? undefined : `"${name}"`;
  },
});

const hex = (suite: number): string => `0X${suite.toString(16).toUpperCase().padStart(4, "0")}`;

function suites(known: readonly number[]): Setting {
  const all = [...known, ANY_SUITE];
  return {
    values: `(${all.map(hex).join(",")})`,
    factory: hex(ANY_SUITE),
    read(command) {
      const argument = command.args[2];
      // In quotes it is an error.
      if (!argument || argument.quoted || !/^0x[0-9a-f]{4}$/i.test(argument.text)) return undefined;
      const suite = Number.parseInt(argument.text, 16);
      return all.includes(suite) ? hex(suite) : undefined;
    },
  };
}

/** In the order of the test form, as a BG96MAR02A07M1G prints it. */
function settingsOf(core: Core, known: readonly number[]): Record<string, Setting> {
  const { model, options } = core;
  return {
    sslversion: number(0, 4, 4),
    ciphersuite: suites(known),
    cacert: file("cacertpath"),
    clientcert: file("client_cert_path"),
    clientkey: file("client_key_path"),
    seclevel: number(0, 2, 0),
    ...(!options.oldTls && { sni: number(0, 1, 0) }),
    ...(!options.oldTls &&
      model.family === "BG9x" && { checkhost: number(0, 1, 0), ignorecertchain: number(0, 1, 0) }),
    ignorelocaltime: number(0, 1, 0),
    negotiatetime: number(10, 300, 300),
  };
}

/** The settings of one context. */
export interface TlsContext {
  least: TlsVersion;
  /** Undefined: SSL 3 alone, which nobody speaks any more. */
  most: TlsVersion | undefined;
  suites: readonly number[];
  /** Names in the file store; "" when not set. */
  cacert: string;
  clientcert: string;
  clientkey: string;
  seclevel: number;
  sni: boolean;
  checkhost: boolean;
  ignorecertchain: boolean;
  ignorelocaltime: boolean;
  negotiate_ms: number;
}

export interface TlsSettings {
  of(context: number): TlsContext;
  /** The lines of the answer to a command; undefined: ERROR. `used`: a socket of this context is open. */
  command(command: Command, used: (context: number) => boolean): string[] | undefined;
  reset(): void;
}

const VERSIONS: readonly (TlsVersion | undefined)[] = [undefined, "TLSv1", "TLSv1.1", "TLSv1.2"];
const ALL_VERSIONS = 4;

export function createTlsSettings(core: Core): TlsSettings {
  const known = [...RSA_SUITES.keys(), ...(core.model.family === "EC2x" ? ECDSA_SUITES.keys() : [])];
  const settings = settingsOf(core, known);
  const stored = new Map<string, string>();
  const text = (name: string, context: number): string =>
    stored.get(`${name} ${context}`) ?? settings[name]?.factory ?? "0";

  return {
    of(context) {
      const value = (name: string): number => Number(text(name, context));
      const name = (of: string): string => text(of, context).slice(1, -1).replace(/^UFS:/, "");
      const version = value("sslversion");
      const suite = value("ciphersuite");
      return {
        least: VERSIONS[version === ALL_VERSIONS ? 1 : version] ?? "TLSv1",
        most: VERSIONS[version === ALL_VERSIONS ? 3 : version],
        suites: suite === ANY_SUITE ? known : [suite],
        cacert: name("cacert"),
        clientcert: name("clientcert"),
        clientkey: name("clientkey"),
        seclevel: value("seclevel"),
        sni: value("sni") === 1,
        checkhost: value("checkhost") === 1,
        ignorecertchain: value("ignorecertchain") === 1,
        ignorelocaltime: value("ignorelocaltime") === 1,
        negotiate_ms: value("negotiatetime") * 1000,
      };
    },
    command(command, used) {
      if (command.kind === "test")
        return Object.entries(settings).map(
          ([name, { values }]) => `+QSSLCFG: "${name}",(0-${MOST_CONTEXT}),${values}`,
        );
      const name = quoted(command, 0) ?? "";
      const context = integer(command, 1, 0, MOST_CONTEXT);
      const setting = Object.hasOwn(settings, name) ? settings[name] : undefined;
      if (command.kind !== "set" || !setting || context === undefined) return undefined;
      if (command.args.length === 2) return [`+QSSLCFG: "${name}",${context},${text(name, context)}`];
      const value = command.args.length === 3 ? setting.read(command) : undefined;
      if (value === undefined || used(context)) return undefined;
      stored.set(`${name} ${context}`, value);
      return [];
    },
    reset: () => stored.clear(),
  };
}

import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { compute, isComputed } from "./computed.ts";
import { BuildError } from "./problem.ts";
import { refuseByType } from "./rules/types.ts";
import { markSeldom } from "./seldom-tag.ts";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const CONFIG = join(ROOT, "firmware/tsconfig.json");
const ESPRUINO_GLOBALS = join(ROOT, "firmware/espruino.d.ts");

/** ES5 of each TypeScript file, by the absolute path of that file; its source map is inline. */
export type Emitted = ReadonlyMap<string, string>;

/** The file that stands for each `#name` which is imported: its absolute path. */
export type Chosen = Record<string, string>;

export interface ProgramOptions {
  /** Absolute paths; what they import comes along. */
  roots: string[];
  /** What `#board`, `#gnss` and the like mean to the type checker: absolute paths. */
  chosen?: Chosen;
  /** The same in words, as `__FEATURES__`, for what is computed here. */
  features?: string;
}

/**
 * Type-checks and emits in memory. One program, not file by file, since only a program inlines a `const enum`
 * across files.
 */
export function compile({ roots, chosen = {}, features = "" }: ProgramOptions): Emitted {
  const program = ts.createProgram(
    [ESPRUINO_GLOBALS, ...roots, ...Object.values(chosen)],
    compilerOptions(chosen),
  );
  const diagnostics = ts.getPreEmitDiagnostics(program);
  if (diagnostics.length > 0) throw new BuildError(diagnostics.map(describe));

  const refused = refuseByType(program);
  if (refused.length > 0) {
    throw new BuildError(
      refused.map(({ node, message }) => `${place(node.getSourceFile(), node.getStart())}: ${message}`),
    );
  }

  const emitted = new Map<string, string>();
  const write: ts.WriteFileCallback = (path, text, _bom, _onError, sources) => {
    const source = sources?.[0];
    if (!source || !path.endsWith(".js")) return;
    try {
      // The compiler writes "/" on Windows, too, where no other program does.
      const file = resolve(source.fileName);
      emitted.set(file, isComputed(source.text) ? compute(text, source.fileName, features) : text);
    } catch (error) {
      throw new BuildError([`${relative(ROOT, source.fileName)}: ${(error as Error).message}`]);
    }
  };
  program.emit(undefined, write, undefined, false, { before: [markSeldom] });
  return emitted;
}

function compilerOptions(chosen: Chosen): ts.CompilerOptions {
  const { config, error } = ts.readConfigFile(CONFIG, ts.sys.readFile);
  if (error) throw new BuildError([describe(error)]);
  const { options, errors } = ts.parseJsonConfigFileContent(
    config,
    ts.sys,
    dirname(CONFIG),
    undefined,
    CONFIG,
  );
  const fatal = errors.filter((problem) => problem.category === ts.DiagnosticCategory.Error);
  if (fatal.length > 0) throw new BuildError(fatal.map(describe));
  return {
    ...options,
    noEmit: false,
    inlineSourceMap: true,
    rewriteRelativeImportExtensions: true,
    // It implies isolated modules, and those keep a const enum of another file as an object.
    verbatimModuleSyntax: false,
    paths: Object.fromEntries(Object.entries(chosen).map(([name, path]) => [name, [path]])),
  };
}

function describe({ file, start, messageText }: ts.Diagnostic): string {
  const message = ts.flattenDiagnosticMessageText(messageText, " ");
  return file && start !== undefined ? `${place(file, start)}: ${message}` : message;
}

function place(file: ts.SourceFile, start: number): string {
  return `${relative(ROOT, file.fileName)}:${file.getLineAndCharacterOfPosition(start).line + 1}`;
}

/** What the server keeps of a tenant as it was saved, without doing anything by it: dashboards, rule chains, calculated fields. */
import type { Clock } from "../clock.ts";
import { uuidOf } from "./entities.ts";

export interface Document {
  id: string;
  created_ms: number;
  name: string;
  /** One more at each save; who saves with an older one is too late. */
  version: number;
  /** Whatever was saved of it: given back as it came. */
  more: Record<string, unknown>;
}

/** All of one kind. Names need not differ, as on a real server. */
export class Shelf {
  readonly all: Document[] = [];
  private made = 0;

  constructor(
    readonly kind: "DASHBOARD" | "RULE_CHAIN" | "CALCULATED_FIELD",
    private readonly clock: Clock,
  ) {}

  add(name: string, more: Record<string, unknown>): Document {
    const id = uuidOf(`${this.kind} ${this.made++} ${name}`);
    const document = { id, created_ms: this.clock.now(), name, version: 1, more };
    this.all.push(document);
    return document;
  }

  remove(document: Document): void {
    this.all.splice(this.all.indexOf(document), 1);
  }
}
